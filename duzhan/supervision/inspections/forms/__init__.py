"""What is typed on a visit, to answer a call for help, and to look visits and points up."""
