"""Every command of the reference: its checks, its effect, its answer. Pure of HTTP."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hmac import compare_digest

from engine.lirax.simulator import blacklists, crm, newer
from engine.lirax.simulator.answers import DONE, INVALID_PARAMETERS, INVALID_TOKEN, OK, REFUSED, Answer
from engine.lirax.simulator.checks import Command, killed_call, wrong_parameter
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.newer_forms import command_named, wrong_together
from engine.lirax.simulator.two_calls import read_order


def answer(exchange: Exchange, fields: Mapping[str, str], *, method: str, now: datetime) -> Answer:
    """What LiraX says to a request, and the effect of it done."""
    known = compare_digest(fields.get("token", "").encode(), exchange.token.encode())
    wrong_token = exchange.revoked or not known
    if wrong_token and exchange.options.check_order == "token_first":
        return Answer(INVALID_TOKEN)
    command = command_named(fields.get("cmd", ""), exchange.options)
    if command is None:
        return Answer(INVALID_PARAMETERS if "cmd" not in fields else exchange.options.unknown_command_code)
    if not _is_right(exchange, command, fields, method=method):
        return REFUSED
    if wrong_token:
        return Answer(INVALID_TOKEN)
    return HANDLERS[command.name](exchange, fields, now)


def _is_right(exchange: Exchange, command: Command, fields: Mapping[str, str], *, method: str) -> bool:
    if method == "GET" and not command.by_get and exchange.options.method_policy == "documented":
        return False
    options = exchange.options
    return wrong_parameter(command, fields, options) is None and wrong_together(command, fields) is None


def make_call(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    if "idshop" in fields and not exchange.directory.has_shop(fields["idshop"]):
        return REFUSED
    task = exchange.one_calls.submit(ext=fields["from"], phone=fields["to"].removeprefix("+"), now=now)
    return Answer(body={"id_makecall": task}, id=task)


def kill_call(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    if exchange.one_calls.kill(killed_call(fields, exchange.options), now=now):
        return DONE
    return Answer(exchange.options.killcall_dead_call_code)


def make_two_calls(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    full = exchange.options.when_full
    if isinstance(full, int) and not exchange.lines.has_free():
        return Answer(full)
    extended = exchange.options.extensions
    if extended and "idshop" in fields and not exchange.directory.has_shop(fields["idshop"]):
        return REFUSED
    order = read_order(fields, speed=exchange.speed, newer=extended)
    task = exchange.two_calls.submit(order, now=now)
    if task is None:
        return REFUSED
    return Answer(body={"id_make2calls": task.id}, id=task.id)


def send_sms(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    code = exchange.modems.admit(fields["provider"], command="sendSMS", now=now)
    if code != OK:
        return Answer(code)
    phone = fields["phone"].removeprefix("+")
    message = exchange.modems.send(modem=fields["provider"], phone=phone, text=fields["text"], now=now)
    return Answer(body={"id_sms": message.id}, id=str(message.id))


def check_sms(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    code = exchange.modems.admit(fields["provider"], command="checkSMS", now=now)
    if code != OK:
        return Answer(code)
    status = exchange.modems.status(int(fields["id_sms"]))
    return REFUSED if status is None else Answer(body={"sms_status": status})


Handler = Callable[[Exchange, Mapping[str, str], datetime], Answer]

HANDLERS: Mapping[str, Handler] = {
    "makeCall": make_call,
    "killCall": kill_call,
    "make2Calls": make_two_calls,
    "checkContact": crm.check_contact,
    "createTask": crm.create_task,
    "createNote": crm.create_note,
    "createDeal": crm.create_deal,
    "updateDeal": crm.update_deal,
    "addBlackPhone": blacklists.add_black_phone,
    "delBlackPhone": blacklists.delete_black_phone,
    "listBlackPhone": blacklists.list_black_phones,
    "addBlackIP": blacklists.add_black_ip,
    "delBlackIP": blacklists.delete_black_ip,
    "listBlackIP": blacklists.list_black_ips,
    "getStages": crm.get_stages,
    "getShops": crm.get_shops,
    "getUserStatuses": crm.get_user_statuses,
    "getUsers": crm.get_users,
    "initStatuses": crm.init_statuses,
    "sendMsg": crm.send_message,
    "sendSMS": send_sms,
    "checkSMS": check_sms,
    # only with `extensions`
    "AskQuestion": make_two_calls,
    "getContact": newer.get_contact,
    "AddTag": newer.add_tag,
    "DelTag": newer.delete_tag,
    "IsCalling": newer.is_calling,
    "IsFreeUsers": newer.is_free_users,
    "getUserSips": newer.get_user_sips,
    "get_makecall_data": newer.get_makecall_data,
    "get_calls": newer.get_calls,
}
