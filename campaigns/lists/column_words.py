"""How people call the columns of their lists, in three languages, as `column_name` writes it."""

import re

PHONE_STEM = re.compile(r"(?:^|_)(?:phone|telephone|mobile|телефон\w*|моб|тел)(?:_|$)")
"""Part of a name that may be a phone column: `телефон_матері`, `mobile_2`."""

PHONE = frozenset(
    {
        *(
            "phone",
            "phones",
            "phone_number",
            "phonenumber",
            "phone_no",
            "telephone",
            "telephone_number",
            "tel",
        ),
        *("tel_no", "mobile", "mobile_phone", "mobile_number", "cell", "cellphone", "cell_phone", "msisdn"),
        *("contact_phone", "client_phone", "customer_phone"),
        *(
            "телефон",
            "телефони",
            "тел",
            "номер_телефону",
            "номер_тел",
            "телефонний_номер",
            "контактний_телефон",
        ),
        *("моб", "моб_телефон", "моб_тел", "мобільний", "мобільний_телефон", "мобільний_номер"),
        *("номер_мобільного", "телефон_клієнта", "телефон_абонента"),
        *("телефоны", "номер_телефона", "телефонный_номер", "контактный_телефон", "мобильный"),
        *("мобильный_телефон", "мобильный_номер", "номер_мобильного", "сотовый", "сотовый_телефон"),
        *("телефон_клиента",),
    }
)

EXTERNAL_ID = frozenset({"external_id", "externalid", "зовнішній_id", "внешний_id"})

TIMEZONE = frozenset({"timezone", "time_zone", "tz", "часовий_пояс", "часовой_пояс"})

KNOWN = frozenset(
    {
        *(
            "name",
            "first_name",
            "last_name",
            "full_name",
            "surname",
            "amount",
            "sum",
            "debt",
            "city",
            "email",
        ),
        *("date", "due_date", "address", "id", "external_id", "timezone"),
        *(
            "імя",
            "прізвище",
            "піб",
            "по_батькові",
            "сума",
            "борг",
            "місто",
            "дата",
            "адреса",
            "пошта",
            "договір",
        ),
        *("имя", "фамилия", "фио", "отчество", "сумма", "долг", "город", "адрес", "почта", "договор"),
    }
)
"""Other names that show a first row to be a header, where it has no phone column of a known name."""
