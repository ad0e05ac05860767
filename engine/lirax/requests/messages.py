"""Commands about messages to employees and SMS to clients (LiraX reference, section 4)."""

from typing import ClassVar

from pydantic import Field

from engine.lirax.answers import Answer, Done, SmsStatus, SmsTaken
from engine.lirax.requests.request import Repeat, Request
from engine.lirax.requests.values import Ext, Id, Phone, Text

SENDER = "short number of the employee who sends, digits"
MODEM = "number of the SIM in the GSM modem, digits only"


class SendMsg(Request[Done]):
    """Send an employee a message in LiraX's messenger.

    Errors: 400 invalid_parameters, 401 invalid_token. Sends a second message when repeated.
    LiraX reference, section 4, sendMsg.
    """

    cmd: ClassVar[str] = "sendMsg"
    answer: ClassVar[type[Answer]] = Done
    repeat: ClassVar[Repeat] = Repeat.UNSAFE

    ext: Ext = Field(description="short number of the employee who gets it, digits")
    ani: Text = Field(description="the contact it comes from, a name or a number")
    text: Text = Field(description="the message")


class SendSms(Request[SmsTaken]):
    """Send an SMS through a GSM modem; the answer brings its `id_sms`.

    At most one request, of this kind or of checkSMS, per modem and 5 seconds.
    Errors: 400 invalid_parameters, 401 invalid_token, 402 modem_not_connected, 403 modem_busy;
    after the last two nothing was sent. Sends a second SMS when repeated.
    LiraX reference, section 4, sendSMS.
    """

    cmd: ClassVar[str] = "sendSMS"
    answer: ClassVar[type[Answer]] = SmsTaken
    repeat: ClassVar[Repeat] = Repeat.UNSAFE
    over_modem: ClassVar[bool] = True

    ext: Ext = Field(description=SENDER)
    provider: Phone = Field(description=MODEM)
    phone: Phone = Field(description="the client's phone number, digits in international form")
    text: Text = Field(description="the message")


class CheckSms(Request[SmsStatus]):
    """Ask how far an SMS has come: 1 handed over, 2 under way, 3 delivered, 4 its time ran out.

    At most one request, of this kind or of sendSMS, per modem and 5 seconds.
    Errors: 400 invalid_parameters, 401 invalid_token; 402 modem_not_connected and 403 modem_busy
    although the document names them for sendSMS only (C35). May be repeated.
    LiraX reference, section 4, checkSMS.
    """

    cmd: ClassVar[str] = "checkSMS"
    answer: ClassVar[type[Answer]] = SmsStatus
    over_modem: ClassVar[bool] = True

    ext: Ext = Field(description=SENDER)
    provider: Phone = Field(description=MODEM)
    id_sms: Id = Field(description="id of the SMS, from sendSMS")
