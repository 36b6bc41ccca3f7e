namespace Papaya.Simulator.Scenarios;

/// <summary>What stands before the lists of the scenarios' page.</summary>
internal static class ScenarioPageTexts
{
    public const string English = """
        # Scenarios

        [中文](scenarios.zh-CN.md)

        Stories that merchants have lived through, each staged by the simulator in a world of its own: `papaya sim scenario NAME` runs one,
        `--without-cause` leaves out what causes it (then an expectation that the cause decides fails: it shows something), `--all` runs all, and
        `POST /_sim/scenarios/{name}/run` `{without_cause?, params?}` does the same for a program. A scenario neither sees nor moves a simulator that is running.
        `--param NAME=VALUE` sets one of a scenario's own values; the list says which there are.

        ## With your own app

        `papaya sim scenario NAME --to http://127.0.0.1:3000/wechat/contract` plays WeChat's side alone. The printed address is the base URL for your app (with the
        preset merchant's keys and apps); `--port` chooses its port. Where the script would call, the run waits until your app does (300 seconds, `--patience`) and
        prints what it waits for; the users, the clock and what goes wrong are the simulator's. Notifications go to the addresses that your app gives in its requests,
        those of terminations to the address of `--to`. Your app takes its own numbers: where the story says `A1`, the number of your call is meant. Then the
        expectations are checked against the truth, so that you see what your app made of it. Stories whose point is a spoilt request, a V3 call, a page or a certain
        answer to a notification are refused with the reason.

        ## The file

        JSON; `papaya sim scenario my-story.json` runs your own. One object, or a list of them:

        ```json
        {
          "name": "accepted-and-forgotten", "pains": [28], "family": "undecided",
          "title": {"zh": "受理后被遗忘", "en": "Accepted and forgotten"}, "why": {"zh": "…", "en": "…"}, "source": "…",
          "clock": "2026-03-02T10:00:00+08:00",
          "steps": [
            {"user": {"openid": "ann", "balance": 100000}},
            {"fault": {"on": "execution", "kind": "lost", "times": 1}, "cause": true},
            {"sign": {"plan": 12535}, "as": "c1"},
            {"advance": "13h"},
            {"call": {"name": "apply", "with": {"contract_id": "$c1", "out_trade_no": "A1"}, "gives": "SUCCESS"}},
            {"advance": "25h"},
            {"expect": {"ledger": {"debit": 0}}, "decides": true}
          ]
        }
        ```

        A step has one verb, and may have `"cause": true`, `"instead": {step}` (played when the cause is left out) and `"as": "name"`; `$name` later stands
        for what it gave. `cases` makes a family: an object of labels, each with the values of its names. `params` declares values that a run may choose:
        `{"amount": {"default": 2500, "en": "…", "zh": "…"}}`, used as `$amount`. At least one step is a cause and one expects something. An expectation with
        `"decides": true` is one that the cause decides: without the cause one of these must fail (any, where none is marked). `why` is a text, or one in `zh` and `en`.

        | verb | does |
        |---|---|
        | `advance` `"13h"`, `at` `"RFC 3339"` | moves the clock; what is due happens |
        | `user`, `template`, `merchant`, `switch`, `fault`, `clear_faults` | as the control API; a template keeps what is not named (`like`: another plan) |
        | `sign` `{user, plan, number, with, how}` | an order is placed, paid and signed; gives the contract |
        | `order`, `cashier` `{order, user, action, sign}` | the two halves of it |
        | `entrust` `{user, action, with, how, redirect}` | a signing page is opened and agreed to |
        | `terminate` `{contract, mode}` | a contract ends |
        | `call` `{name, with, how, gives, wait}` | the scripted merchant calls; `with` changes, adds or (null) removes fields; `how.sign` is hmac, none, apiv3, previous or gbk; `how.certificate` is false, a merchant number (as a header) or own (over https); `gives` is the outcome (SUCCESS, an error code, `FAIL text`, `cut`) or members of the answer |
        | `v3` `{call: "POST /v3/…", body, gives}` | a V3 call, signed with the merchant's test key |
        | `page` `{path, headers, form}`, `control` `{path, body}` | a page, any call of the control API |
        | `inbox` `{answer, times}` | how the merchant answers messages: ok, blank_lines, bom, json, html, text, fail, 500, hang_up, blindly, late (after three seconds of work) |
        | `send` `{id, copies}` | a message is sent again |
        | `repeat` `{times, steps}` | the same again; `$n` counts |
        | `expect` | `ledger` (counts by kind, or the entries), `order`, `refund`, `user`, `contract`, `contracts`, `reply`, `calls`, `messages`, `lint` `{rule, verdict, count}` |

        Only the members that are expected are compared: `null` absent, `*` there, `~text` contains it, `!text` something else, `>n` and `<n` numbers.

        ## The list


        """;

    public const string Chinese = """
        # 场景

        [English](scenarios.md)

        商户真实遇到过的事，每个都在自己的世界里由模拟器上演：`papaya sim scenario NAME` 运行一个，`--without-cause` 去掉起因（这时由起因决定的期望会失败，可见它确实说明了问题），
        `--all` 运行全部，程序可以调用 `POST /_sim/scenarios/{name}/run` `{without_cause?, params?}`。场景看不到也不会改动正在运行的模拟器。
        `--param NAME=VALUE` 设置场景自己的参数，列表里写明有哪些。

        ## 用自己的应用演练

        `papaya sim scenario NAME --to http://127.0.0.1:3000/wechat/contract` 只演微信一侧。打印出的地址就是应用要用的基础地址（使用预置商户的密钥和应用），`--port` 指定端口。
        剧本里由商户发起调用的地方，会等待您的应用来调用（300 秒，`--patience` 可改），并打印正在等什么；用户、时钟和故障由模拟器负责。
        通知发到应用在请求里给出的地址，解约通知发到 `--to` 的地址。应用用自己的单号：剧本里的 `A1` 指您那次调用的单号。最后按真实账本检查期望，由此看出应用处理得怎样。
        要点在于请求本身有错、V3 调用、页面或特定通知应答的场景会被拒绝，并说明原因。

        ## 文件

        JSON；`papaya sim scenario my-story.json` 运行自己的场景。一个对象，或对象的列表：

        ```json
        {
          "name": "accepted-and-forgotten", "pains": [28], "family": "undecided",
          "title": {"zh": "受理后被遗忘", "en": "Accepted and forgotten"}, "why": {"zh": "…", "en": "…"}, "source": "…",
          "clock": "2026-03-02T10:00:00+08:00",
          "steps": [
            {"user": {"openid": "ann", "balance": 100000}},
            {"fault": {"on": "execution", "kind": "lost", "times": 1}, "cause": true},
            {"sign": {"plan": 12535}, "as": "c1"},
            {"advance": "13h"},
            {"call": {"name": "apply", "with": {"contract_id": "$c1", "out_trade_no": "A1"}, "gives": "SUCCESS"}},
            {"advance": "25h"},
            {"expect": {"ledger": {"debit": 0}}, "decides": true}
          ]
        }
        ```

        每一步有一个动词，还可以有 `"cause": true`（起因）、`"instead": {步骤}`（去掉起因时改做的事）和 `"as": "name"`，之后用 `$name` 引用它的结果。
        `cases` 生成一组场景：每个标签给出一组值。`params` 声明运行时可以选择的值：`{"amount": {"default": 2500, "en": "…", "zh": "…"}}`，用 `$amount` 引用。
        至少有一步是起因，至少有一步是期望。带 `"decides": true` 的期望由起因决定：去掉起因后其中至少一个必须失败（一个都没标时，任何一个失败即可）。`why` 是一段文字，或用 `zh` 和 `en` 各写一段。

        | 动词 | 作用 |
        |---|---|
        | `advance` `"13h"`、`at` `"RFC 3339"` | 拨动时钟，到期的事随之发生 |
        | `user`、`template`、`merchant`、`switch`、`fault`、`clear_faults` | 与控制接口相同；模板没写到的保持不变（`like`：以另一个模板为准） |
        | `sign` `{user, plan, number, with, how}` | 下单、支付并签约；结果是协议 |
        | `order`、`cashier` `{order, user, action, sign}` | 其中的前后两半 |
        | `entrust` `{user, action, with, how, redirect}` | 打开签约页并同意 |
        | `terminate` `{contract, mode}` | 协议终止 |
        | `call` `{name, with, how, gives, wait}` | 剧本里的商户发起调用；`with` 修改、增加或用 null 去掉字段；`how.sign` 是 hmac、none、apiv3、previous 或 gbk；`how.certificate` 是 false、商户号（请求头）或 own（通过 https）；`gives` 是结果（SUCCESS、错误码、`FAIL 文本`、`cut`）或应答里的字段 |
        | `v3` `{call: "POST /v3/…", body, gives}` | V3 调用，用商户的测试密钥签名 |
        | `page` `{path, headers, form}`、`control` `{path, body}` | 页面；控制接口的任意调用 |
        | `inbox` `{answer, times}` | 商户怎样应答通知：ok、blank_lines、bom、json、html、text、fail、500、hang_up、blindly、late（处理三秒之后） |
        | `send` `{id, copies}` | 再发一次通知 |
        | `repeat` `{times, steps}` | 重复；`$n` 是次数 |
        | `expect` | `ledger`（按类型计数，或逐条）、`order`、`refund`、`user`、`contract`、`contracts`、`reply`、`calls`、`messages`、`lint` `{rule, verdict, count}` |

        只比较写出的成员：`null` 没有，`*` 有，`~文本` 包含，`!文本` 不是，`>n` 和 `<n` 比较数字。

        ## 列表


        """;
}
