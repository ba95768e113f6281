"""People, the bodies they belong to, the posts they hold and the groups they go out in, each with a start and an end."""
