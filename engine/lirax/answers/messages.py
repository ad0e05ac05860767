"""Answers to `sendSMS` and `checkSMS`."""

from enum import IntEnum

from pydantic import Field

from engine.lirax.answers.answer import Answer, NumberedId, WholeNumber


class SmsDelivery(IntEnum):
    HANDED_OVER = 1  # the provider has it, its state is unknown; so is any number LiraX may add
    IN_PROGRESS = 2  # delivery is under way
    DELIVERED = 3
    EXPIRED = 4  # the provider gave up


class SmsTaken(Answer):
    """The modem took the message."""

    id_sms: NumberedId = Field(description="comes again in `smsDelivered`")


class SmsStatus(Answer):
    """How far a message has come."""

    sms_status: WholeNumber = Field(description="1 to 4; a number LiraX may add is kept")

    @property
    def delivery(self) -> SmsDelivery:
        known = {delivery.value: delivery for delivery in SmsDelivery}
        return known.get(self.sms_status, SmsDelivery.HANDED_OVER)
