"""晚间调度会: whose turn it is, their numbers, what is to be decided; a decision is written where it is heard."""
