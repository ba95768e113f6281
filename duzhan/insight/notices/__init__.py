"""通知: who should know of a step is told of it once; what a post lets somebody see is asked again when it is shown."""
