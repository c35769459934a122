"""Who bears the same name is read from an index in its order.

Where few bear one, the planner read and sorted their rows instead, and a draft of 200 lines took 78 ms
for a question of 16.
"""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_what_her_row_keeps'),
        ('regions', '0003_declaration'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_same_person',
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['name_folded', 'birth_date', 'register_no'], include=('id', 'eligibility', 'place'), name='worker_same_person'),
        ),
    ]
