"""Books the lines of a list one by one and says each as soon as it is surely stored.

Run as a process of its own: payer.py LIST USER. The first line says that it is ready. It ends with
status 3 when the database goes away: nobody knows then whether its last line was stored.
"""

import sys

import django


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(list_id: str, user_id: str) -> int:
    django.setup()
    from tests import outside

    outside.stand()
    from django.db import Error

    from disbursements.actions.results import Result, book_results, waiting_lines
    from disbursements.models import PaymentList
    from kotim_social.accounts.models import User
    from kotim_social.lib.dates import today

    payment_list = PaymentList.objects.get(pk=list_id)
    user = User.objects.get(pk=user_id)
    waiting = list(waiting_lines(payment_list))
    say("ready")
    for line in waiting:
        try:
            book_results(
                payment_list=payment_list, results=[Result(line.pk, True)], on=today(), by=user
            )
        except Error as problem:
            sys.stderr.write(type(problem).__name__)
            return 3
        say(str(line.pk))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
