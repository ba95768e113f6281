"""The pages of visits: entering one, looking them up, calls for help, and which points have been visited."""
