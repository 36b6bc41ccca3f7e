namespace Papaya.Simulator.Faults;

/// <summary>What stands around the tables of the faults' page.</summary>
internal static class FaultPageTexts
{
    public const string EnglishHead = """
        # Faults

        [中文](faults.zh-CN.md)

        `POST /_sim/faults` makes something go wrong, by rule; `papaya sim faults add ON KIND …` is the same from a shell. `GET` lists the rules with
        how often each looked and struck; `DELETE` removes all, or `?id=` or `?name=`. What a rule has delayed stays scheduled when it is gone.
        Rules and their counts are part of the world: they survive a restart with `--data` and are in snapshots.

        ```json
        {"on": "/pay/pappayapply", "kind": "timeout_after", "number": "P2603*", "skip": 2, "times": 1}
        ```

        ## Matching

        The oldest rule that strikes wins. All that is named must fit; what is absent fits anything.

        | member | fits |
        |---|---|
        | `on` | a path (V3: with its braces, `/v3/papay/contracts/{contract_id}/notify`), or `*` for every call; `payment`, `debit`, `contract`, `refund`, `v3_payment`, `v3_debit`, `v3_contract`, `v3_refund`, or `notification` for every message; `execution`: a debit's moment; `refund_execution`: a refund's; `handshake`: a TLS handshake at the https port |
        | `mch_id` | the merchant number |
        | `number` | any of out_trade_no, out_refund_no, contract_id, contract_code, transaction_id, refund_id: exact, or a beginning followed by `*` |
        | `site` | `main` or `backup`, the two listeners |
        | `host` | handshakes: the name that the caller asks for (SNI) |
        | `skip` | so many matches pass first |
        | `times` | so many single requests, sends or handshakes are struck, then no more |
        | `from`, `until` | RFC 3339, the test clock's time |
        | `probability`, `seed` | chance. The dice depend on the seed, the rule, the number and how often that number has come, not on the order of unrelated calls; the seed is the simulator's own when absent |
        | `name` | nothing: a label |
        | `processed` | not a match either: whether a call is carried out although its answer is bad; each kind has its usual way |

        A call that cannot be read matches by its path alone. A timeout never hangs, because that would stall the clock: the connection is cut.
        A rule for `*` or `notification` passes by where its kind is not known; a rule for one place is refused there, with the kinds that the place knows.
        Rules for handshakes need an https port, and strike the control API at that port too: give `times`, or call it over http.

        ## Kinds


        """;

    public const string EnglishEnd = """

        - `rewrite` takes `how`: {rewritings}. `without` needs `field` (V3: dotted, `amount.total`), `extra` and `emoji` may name one. All are signed as sent,
          except `after_signing` (changed on its way) and V2's `gbk`, `doctype`, `duplicate_element`. V3 has no `doctype`; in a V3 message `extra`, `emoji`, `without`
          and `shuffled` change what is encrypted as well as the envelope; files of bills take `bom` and `gbk`.
        - `meanwhile` takes `do`: `{"terminate": {contract_id, mode?}}`, `{"execute": {out_trade_no}}` or `{"balance": {openid, amount}}`.
        - `lie` changes trade_state, contract_state or the first refund's state, whichever the query tells.
        - A spoilt bill of `/pay/downloadfundflow`, `/v3/bill/tradebill` or `/v3/bill/fundflowbill` has a digest that fits it: the bill itself is wrong. A rule for
          `/v3/billdownload/file`, and `truncated` or `bad_signature` of downloadfundflow, break it on its way: the digest does not fit. `/pay/downloadbill` has neither
          sign nor digest, so `bad_signature` and `old_key` are refused there.
        - `long` is made while it is sent, in one buffer of 64 KiB, packed if asked for; a million rows have about 230 MB.

        ## The catalogue of trouble, line by line

        | trouble | how |
        |---|---|
        | **network** timeout before, after; answer after the time-out; reset | `timeout_before`, `timeout_after`, `after_close`, `reset_before`, `reset_after` |
        | half a body, wrong length, zip that is none, slow drip, HTTP 429/500/502/504, a page instead of XML | `half_body`, `wrong_length`, `bad_gzip`, `drip`, `http`, `html` |
        | byte order mark, more or fewer fields, other order, no CDATA, emoji, blanks, other encoding, document type with an entity | `rewrite` |
        | wrong sign, sign with an old key, `return_code` FAIL | `bad_signature`, `old_key`, `return_fail` |
        | TLS fails; certificate of another name or authority, expired | `handshake`: `tls_failure`, `wrong_certificate` |
        | WeChat's own time is wrong | `skewed_clock` |
        | the main host is down, the backup is up | any rule with `site` main |
        | **WeChat** executed late; executed although SYSTEMERROR was answered; never executed; twice | `late`, `system_error`, `lost`, `twice` |
        | failure told in each of its shapes | `shape`, by number; the switch `debit_failure_notification` for all |
        | closing loses against success; user cancels between check and apply; message before the answer | `meanwhile`, `early` |
        | a query lags, or denies for minutes; a contract is in state 9 for hours | `lag`, `lie` with `until` |
        | frequency limit, risk, any code | `frequency_limited`, `fail`, `refuse`; most also by their cause |
        | automatic close, hours, limits, disabled template, closed account, used code, notice that exists, bank maintenance, too little money at a refund | by their cause, without a rule: the [control API](simulator.md) sets users, templates and funds |
        | refund abnormal, closed, late | `abnormal`, `closed`, `late` |
        | **messages** lost all or the first few, thirty times, reordered, three days late, at once on two machines | `drop` (`times`), `duplicate` (`copies`, `how` concurrent), `reorder`, `delay` |
        | another merchant, another amount, unknown order, forged | `wrong_merchant`, `wrong_amount`, `unknown_order`, `bad_signature` |
        | one from last month again; a flood | `POST /_sim/notifications/{id}/send`; `duplicate` with up to 1,000 `copies` |
        | **bill** not ready, empty, line missing or too many, a fen off, sums, next day's row, twice, changed, cut off, fee rounded | `not_ready`, `empty`, `missing_line`, `extra_line`, `amount_off_by_one_fen`, `wrong_totals`, `next_day_row`, `duplicate_rows`, `changed_file`, `truncated`, `fee_rounding` |
        | a million rows | `long` |

        ## What no rule can do

        | trouble | why | instead |
        |---|---|---|
        | a name that does not resolve | the caller's resolver fails before anything reaches this machine | a base URL at `nowhere.invalid` |
        | a port that refuses | the simulator would have to give up its door, and with it the way to open it again | a base URL at a closed port; or stop the simulator |
        | packets lost, no route | the operating system's business, not a server's | `tc`, a firewall, a proxy that drops |
        | an answer that never comes to a caller who never gives up | the work would hold the clock for ever | `after_close` ends with the caller |
        | full disks, dying processes, slow databases, brokers, clocks of the caller | the caller's own side | his own tests |

        """;

    public const string ChineseHead = """
        # 故障

        [English](faults.md)

        `POST /_sim/faults` 按规则制造故障，命令行是 `papaya sim faults add ON KIND …`。`GET` 列出规则，以及每条规则匹配和生效的次数；
        `DELETE` 清除全部，或用 `?id=`、`?name=` 指定。规则删除后，它已经推迟的事仍按推迟后的时间发生。
        规则和次数属于模拟的世界：使用 `--data` 时重启后仍在，快照里也有。

        ```json
        {"on": "/pay/pappayapply", "kind": "timeout_after", "number": "P2603*", "skip": 2, "times": 1}
        ```

        ## 匹配

        最早设置并且生效的规则优先。写出的条件必须全部符合，没写的不限。

        | 参数 | 含义 |
        |---|---|
        | `on` | 路径（V3 带花括号，如 `/v3/papay/contracts/{contract_id}/notify`），`*` 表示所有调用；通知：`payment`、`debit`、`contract`、`refund`、`v3_payment`、`v3_debit`、`v3_contract`、`v3_refund`，`notification` 表示所有通知；`execution`：扣款执行的时刻；`refund_execution`：退款执行的时刻；`handshake`：https 端口的 TLS 握手 |
        | `mch_id` | 商户号 |
        | `number` | out_trade_no、out_refund_no、contract_id、contract_code、transaction_id、refund_id 之一：完整的值，或开头加 `*` |
        | `site` | `main` 或 `backup`，两个监听地址 |
        | `host` | 握手：调用方请求的域名（SNI） |
        | `skip` | 先放过这么多次匹配 |
        | `times` | 总共作用于这么多次请求、发送或握手 |
        | `from`、`until` | RFC 3339，按测试时钟 |
        | `probability`、`seed` | 概率。结果取决于种子、规则、单号和该单号出现的次数，与无关调用的先后无关；不写 `seed` 时用模拟器自己的种子 |
        | `name` | 不参与匹配，只是标签 |
        | `processed` | 也不参与匹配：应答异常时请求是否仍然执行；每种故障有自己的默认值 |

        无法解析的请求只按路径匹配。超时不会让请求挂起，那样时钟会停住：连接直接断开。
        `on` 为 `*` 或 `notification` 时，不认识该种类的地方不受影响；指定某个位置而该位置不认识时会被拒绝，并列出它认识的种类。
        握手规则需要 https 端口，也会影响该端口上的控制接口：请写 `times`，或通过 http 调用控制接口。

        ## 种类


        """;

    public const string ChineseEnd = """

        - `rewrite` 的 `how`：{rewritings}。`without` 需要 `field`（V3 可用点号，如 `amount.total`），`extra` 和 `emoji` 可以指定字段名。签名都按发出的内容计算，
          例外是 `after_signing`（签名之后被改动）和 V2 的 `gbk`、`doctype`、`duplicate_element`。V3 没有 `doctype`；V3 通知的 `extra`、`emoji`、`without`、`shuffled`
          同时改动信封和加密内容；账单文件只有 `bom` 和 `gbk`。
        - `meanwhile` 的 `do`：`{"terminate": {contract_id, mode?}}`、`{"execute": {out_trade_no}}` 或 `{"balance": {openid, amount}}`。
        - `lie` 改动查询返回的 trade_state、contract_state 或第一笔退款的状态；`field` 可指定其他字段。
        - `/pay/downloadfundflow`、`/v3/bill/tradebill`、`/v3/bill/fundflowbill` 的账单出错时摘要仍然相符：错的是账单本身。作用于 `/v3/billdownload/file` 的规则，以及资金账单的
          `truncated` 和 `bad_signature`，表示传输中损坏：摘要不符。`/pay/downloadbill` 既无签名也无摘要，因此拒绝 `bad_signature` 和 `old_key`。
        - `long` 边生成边发送，只用一个 64 KiB 的缓冲区，需要时压缩；一百万行约 230 MB。

        ## 逐项对照

        | 问题 | 方法 |
        |---|---|
        | **网络** 处理前后超时；超时之后才应答；连接重置 | `timeout_before`、`timeout_after`、`after_close`、`reset_before`、`reset_after` |
        | 半截应答、长度不符、假的压缩、缓慢发送、HTTP 429/500/502/504、网页代替 XML | `half_body`、`wrong_length`、`bad_gzip`、`drip`、`http`、`html` |
        | BOM、字段增减、顺序不同、没有 CDATA、表情符号、空白、其他编码、带实体的文档类型 | `rewrite` |
        | 签名错误、旧密钥签名、`return_code` FAIL | `bad_signature`、`old_key`、`return_fail` |
        | TLS 失败；证书域名不符、机构不受信任、过期 | `handshake`：`tls_failure`、`wrong_certificate` |
        | 微信自己的时间不准 | `skewed_clock` |
        | 主域名故障、备域名正常 | 任何规则加 `site` main |
        | **微信** 执行推迟；返回 SYSTEMERROR 却已执行；从未执行；执行两次 | `late`、`system_error`、`lost`、`twice` |
        | 各种形式的扣款失败通知 | `shape` 按单号；开关 `debit_failure_notification` 管全部 |
        | 关单输给扣款成功；检查与扣款之间解约；通知先于应答 | `meanwhile`、`early` |
        | 查询滞后或几分钟内查不到；协议状态 9 持续数小时 | `lag`、`lie` 加 `until` |
        | 频率限制、风控、任意错误码 | `frequency_limited`、`fail`、`refuse`；多数也可以由真实起因产生 |
        | 自动关单、时段、限额、模板停用、账号注销、协议号重复、预通知已存在、银行维护、退款时余额不足 | 由真实起因产生，不需要规则：用[控制接口](simulator.zh-CN.md)设置用户、模板和资金 |
        | 退款异常、关闭、迟到 | `abnormal`、`closed`、`late` |
        | **通知** 全部或前几次丢失、三十次、乱序、迟三天、两台机器同时到达 | `drop`（`times`）、`duplicate`（`copies`，`how` concurrent）、`reorder`、`delay` |
        | 其他商户、金额不符、未知订单、伪造 | `wrong_merchant`、`wrong_amount`、`unknown_order`、`bad_signature` |
        | 上个月的通知再来一次；通知洪峰 | `POST /_sim/notifications/{id}/send`；`duplicate` 最多 1,000 份 |
        | **账单** 未生成、没有、缺行、多行、差一分、汇总、次日的行、重复、变化、截断、手续费舍入 | `not_ready`、`empty`、`missing_line`、`extra_line`、`amount_off_by_one_fen`、`wrong_totals`、`next_day_row`、`duplicate_rows`、`changed_file`、`truncated`、`fee_rounding` |
        | 一百万行 | `long` |

        ## 规则做不到的事

        | 问题 | 原因 | 替代办法 |
        |---|---|---|
        | 域名解析失败 | 调用方的解析器先失败，什么都到不了本机 | 基础地址用 `nowhere.invalid` |
        | 端口拒绝连接 | 模拟器得关掉自己的门，也就没法再打开 | 基础地址用关闭的端口，或停掉模拟器 |
        | 丢包、路由不通 | 属于操作系统，不属于服务端 | `tc`、防火墙、会丢包的代理 |
        | 调用方永不放弃而应答永不到来 | 会一直占住时钟 | `after_close` 随调用方结束 |
        | 磁盘满、进程被杀、数据库慢、消息队列、调用方的时钟 | 在调用方自己一侧 | 调用方自己的测试 |

        """;
}
