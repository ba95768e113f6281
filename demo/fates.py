"""What becomes of each problem: handed over, mended, seen to be mended; or else sent back, held up, come back."""

from collections.abc import Callable
from datetime import datetime, timedelta

from demo.pace import Pace, awake, daylight, rounded
from demo.story import Course, Story

PATIENCE = 60  # how often another course of events is tried before it must be the short one


def put_fates(story, beat, pace, courses):
    for course in courses["in_progress"]:
        handed = hand_over(story, pace, course)
        if story.random.random() < 0.6:
            _accept(story, course, min(handed + timedelta(minutes=20), pace.until))
    for course in courses["rectified"]:
        mend(story, pace, course, "rectified")
    twists = list(beat.twists)
    for course in story.random.sample(courses["closed"], len(courses["closed"])):
        if twists and TWISTS[twists[0]](story, pace, course):
            twists.pop(0)
        else:
            mend(story, pace, course, "closed")
    if twists:
        raise ValueError(f"{beat.place}: no room for {twists}")


def hand_over(story, pace, course) -> datetime:
    """Put the hand-over on the agenda; gives its instant."""
    at = pace.slot_after(pace.sync_after(course.call.at))
    story.on(at, "hand_over", course.call.team.leader, course)
    return at


def _accept(story, course, at):
    story.on(at, "accept", course.liaison, course)


def mend(story, pace, course, outcome):
    """What is usual: mended on the spot or within the day, and, where `outcome` is closed, seen to be so."""
    if story.random.random() < pace.on_the_spot:
        _mend_on_the_spot(story, pace, course, outcome)
    else:
        _mend_in_time(story, pace, course, outcome)


def _mend_in_time(story, pace, course, outcome):
    for hurry in [False] * PATIENCE + [True]:
        times = _times(story.random, pace, course, hurry)
        if times[outcome] <= pace.until:
            break
    _begin(story, pace, course, times)
    if outcome == "closed":
        story.on(times["closed"], pace.closing, course.verifier, course)


def _mend_on_the_spot(story, pace, course, outcome):
    course.on_the_spot = True
    if outcome == "closed":
        synced = pace.sync_after(course.call.at)
        closed = daylight(pace, rounded(pace, synced + timedelta(minutes=story.random.randrange(30, 400))))
        if closed > pace.until:
            closed = rounded(pace, synced + (pace.until - synced) / 2)
        story.on(closed, pace.closing, course.verifier, course)


def _times(random, pace, course, hurry):
    """When it is accepted, mended and seen to be mended, at an ordinary pace or in a hurry."""
    handed = pace.slot_after(pace.sync_after(course.call.at))
    waits = (10, 35, 45) if hurry else (random.randrange(10, 45), random.randrange(35, 300), random.randrange(45, 420))
    accepted = rounded(pace, handed + timedelta(minutes=waits[0]))
    rectified = awake(pace, rounded(pace, accepted + timedelta(minutes=waits[1])))
    closed = daylight(pace, rounded(pace, rectified + timedelta(minutes=waits[2])))
    return {"accepted": accepted, "rectified": rectified, "closed": closed}


def _begin(story, pace, course, times):
    hand_over(story, pace, course)
    _accept(story, course, times["accepted"])
    story.on(times["rectified"], "rectify", course.liaison, course)


def _mended_again(story, pace, course, verb, at):
    """What was reported as mended, or closed, is not: it comes back, is mended again and then closed."""
    times = _times(story.random, pace, course, hurry=False)
    at = daylight(pace, times["closed"] + at)
    again = awake(pace, rounded(pace, at + timedelta(minutes=story.random.randrange(50, 160))))
    closed = daylight(pace, rounded(pace, again + timedelta(minutes=story.random.randrange(50, 160))))
    if closed > pace.until:
        return False
    _begin(story, pace, course, times)
    if verb == "relapse":
        story.on(times["closed"], pace.closing, course.verifier, course)
    story.on(at, verb, course.verifier, course)
    story.on(again, "rectify", course.liaison, course)
    story.on(closed, pace.closing, course.verifier, course)
    return True


def _held_up(story, pace, course, *steps):
    """Something is asked for or stands in the way between signing and mending: steps of (verb, minutes, who)."""
    times = _times(story.random, pace, course, hurry=False)
    if times["closed"] > pace.until or times["rectified"] < times["accepted"] + timedelta(minutes=steps[-1][1] + 15):
        return False
    _begin(story, pace, course, times)
    for verb, minutes, who in steps:
        by = course.liaison if who == "liaison" else story.office
        story.on(times["accepted"] + timedelta(minutes=minutes), verb, by, course)
    story.on(times["closed"], pace.closing, course.verifier, course)
    return True


NOW, TOMORROW = timedelta(0), timedelta(hours=20)
TWISTS: dict[str, Callable[[Story, Pace, Course], bool]] = {
    "sent_back": lambda *told: _mended_again(*told, "send_back", NOW),
    "relapsed": lambda *told: _mended_again(*told, "relapse", TOMORROW),
    "extended": lambda *told: _held_up(*told, ("ask_extension", 10, "liaison"), ("extend", 30, "office")),
    "paused": lambda *told: _held_up(*told, ("pause", 20, "office"), ("resume", 60, "office")),
}
