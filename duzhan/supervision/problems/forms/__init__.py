"""What is typed to enter a problem and to move it. A move's form is built from what its row in the table asks for."""
