"""Names of months and weekdays in the languages in which news exports write them."""

from __future__ import annotations

__all__ = ["MONTHS", "WEEKDAYS"]

# English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Ukrainian, Turkish; then short forms.
# "listopada" is absent: November in Polish, October in Croatian. So are short forms that name two months.
_NAMES = (
    "january januar jänner janvier enero gennaio janeiro januari stycznia января січня ocak jan janv янв",
    "february februar février fevrier febrero febbraio fevereiro februari lutego февраля лютого şubat feb févr фев",
    "march märz maerz mars marzo março maart marca марта березня mart mar mär mrz мар",
    "april avril abril aprile kwietnia апреля квітня nisan apr avr апр",
    "may mai mayo maggio maio mei maja мая травня mayıs",
    "june juni juin junio giugno junho czerwca июня червня haziran jun июн",
    "july juli juillet julio luglio julho lipca июля липня temmuz jul juil июл",
    "august août aout agosto augustus sierpnia августа серпня ağustos aug авг",
    "september septembre septiembre settembre setembro września сентября вересня eylül sep sept сен",
    "october oktober octobre octubre ottobre outubro października октября жовтня ekim oct okt окт",
    "november novembre noviembre novembro ноября листопада kasım nov ноя",
    "december dezember décembre decembre diciembre dicembre dezembro grudnia декабря грудня aralık dec dez déc дек",
)

MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
"""Month by name, lower case; inflected as after a day."""

WEEKDAYS = (
    "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    "|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica"
    "|segunda(?:-feira)?|terça(?:-feira)?|quarta(?:-feira)?|quinta(?:-feira)?|sexta(?:-feira)?"
    "|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    "|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela"
    "|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|вт|ср|чт|пт|сб|вс"
    "|понеділок|вівторок|середа|четвер|п’ятниця|субота|неділя"
    "|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar"
)
"""Alternatives of a regular expression, lower case."""
