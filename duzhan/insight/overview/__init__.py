"""总览: the first page of the day and the wall in the command post: four numbers, what is late, what comes next."""
