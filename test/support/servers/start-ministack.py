"""Starts ministack with a clock that can be put forward. In: the file that holds by how many seconds."""

import sys
import time

clock_file = sys.argv.pop(1)
real_time = time.time


def shifted_time():
    with open(clock_file, encoding="ascii") as file:
        return real_time() + float(file.read())


# Before anything of ministack is imported: what is hidden or due is told by this clock alone.
time.time = shifted_time

from ministack.app import main  # noqa: E402
from ministack.services import eventbridge  # noqa: E402

# PutEvents refuses sources of AWS, as it does in AWS, where the services put their events by another way. The test is
# such a service.
eventbridge._put_events.__defaults__ = (True,)

main()
