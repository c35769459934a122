"""The background work of the sums: groups are counted anew while few have changed."""

from kotim_social.desk.groups import fold
from kotim_social.jobs.chores import every_beat

every_beat(fold)
