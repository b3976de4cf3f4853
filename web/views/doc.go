// Package views draws the pages. Each page is a struct that embeds Layout, says in its
// comment where its forms post to, and renders itself; its template takes the struct
// and only loops, chooses and prints. The texts are in locales, the style sheet and the
// scripts in web/static.
//
// # How a page looks
//
// The console is a ledger: ink on paper, hairlines, numbers that line up. A page
// answers what will happen, what happened, and how to get back.
//
//   - A number stands beside the thing that causes it, before it is pressed: the modes
//     of an import carry what they create, replace and delete.
//   - A hue means an action: green creates, amber replaces, vermilion deletes, crimson
//     was rejected or is missing. Blue is what can be pressed. Nothing else has one.
//   - A square says what an import does, a circle what became of it, and each has a
//     glyph, so that colour is never alone. Beside its word a mark is hidden from
//     screen readers (mark); alone it says the word (markWord).
//   - Sections are parted by space and a hairline. Only code has a surface.
//   - What was not touched steps back: zeros are grey, empty sections are counted, not
//     listed.
//   - Names that people gave are monospaced and never cut; they break after _ / and -.
//   - One primary button a page; one h1; the decision stands in the bar at the bottom.
//   - An empty page says so, teaches in a sentence, and offers the next step.
//
// # Where the drawing met reality
//
//   - A rule is one long line of JSON. An excerpt keeps what stands around the place of
//     an error, with so little before it that the caret is in sight at 360 px.
//   - Of a result the page lists 200 failures and 60 names a section, of an export 20
//     entries a section, and says how many more there are; the report has all.
//   - A drawing scrolls inside itself. A name that does not fit into its box beside what
//     it is goes above that, or takes two lines; what is longer still is cut, since the
//     list has it whole. Above 200 entries a box stands for all of a kind.
//   - Rules are picked by name, or all that a filter finds: the form carries the filter,
//     not a thousand names. On a wide page what comes along stays beside the table.
//   - A failure is told in plain words where there are such, the message of the engine
//     under them. Else the message is the headline: it may be ten lines long, keeps its
//     line breaks, and may break anywhere.
//   - A review shows 100 rows a page. What a full reset deletes is listed once, on top,
//     up to 200 names a section; what stays as it is folds into a line a section. Either
//     has a chip behind which there is all of it. A row says in lines what changes, since
//     the embedded node runs nothing that could restart.
//   - The text of a draft is shown with secrets masked and can be opened for editing,
//     where they are as they were brought. Excerpts and messages are masked always.
//   - Tags wrap, and give way to the rule's name.
//   - What lies between two revisions may be 100,000 entries, or one of many megabytes:
//     changes come 50 a page, and texts beyond 128 KB a page are compared when somebody
//     asks for them. Entries of which only the form differs are one quiet line.
//   - The overview counts what is missing, not what is unused or when it last changed,
//     which nobody can say of 100,000 entries at once. The history has no search.
//   - Names such as .. would be a step up in an address; they go into the query.
//
// # Without a script, and with one
//
// Every form posts and every list pages by plain HTTP. Elements of the class no-script
// stand in for what a script does, only-script shows only with one; the style sheet
// alone swaps the button of a review by what is chosen beside it (when-all, when-valid).
// htmx loads a running task again on every event of its stream (data-live), plans a
// review anew for what is ticked, loads what differs into a row that is opened, and swaps
// what comes along with picked rules. A field that is drawn by editor becomes an editor, with its findings marked, on pages whose frame asks
// for that script. The policy is default-src 'self', with a nonce for scripts and for
// the styles they add: no inline style, no handler, no data: address, no eval; the tests
// hold every page to it, and to labels for all controls.
//
// # What it says in Chinese
//
// The words are those of eKuiper's Chinese documentation, and one word stands for one
// thing:
//
//   - 流 stream, 表 table, 规则 rule, 源 source, 目标 sink (动作 is an action of a rule),
//     原生插件 native plugin, 便携插件 portable plugin, 外部服务 service, 模式 schema,
//     连接 connection, 配置键 configuration key, 脚本 script, 上传文件 upload.
//   - 配置包 bundle, 类别 section, 条目 entry, which is counted as 项; rules are counted as
//     条, missing references as 处.
//   - 导入方式 mode, because 模式 is taken; 部分导入 partial, 全量重置 full reset,
//     全部有效才应用 all or nothing, 只应用有效条目 valid entries only.
//   - 应用 apply, 审阅 review, 计划 plan, 被拒绝 rejected, 排除 leave out, 不导入 stay out,
//     检查结果 finding, 依赖 need.
//   - 节点 node, 修订 revision (版本 is that of a program), 恢复 restore, 撤销 undo,
//     对比 compare, 历史 history, 清单 inventory, 概览 overview.
//   - 账号 account, 管理员 administrator, 操作员 operator, 查看者 viewer, 会话 session,
//     令牌 token, 吊销 revoke, 审计日志 audit log, 敏感值 secret, 遮盖 mask.
//
// Sentences are short and do without 请 and 您. Punctuation has full width, and no blank
// beside it. A blank parts Chinese from letters, numbers and what is filled in; there is
// none where Chinese is filled in. Names and codes stay as they are.
//
// # What the rest of the program says
//
// Findings, hints and errors are made in English by core, db and web/handlers, where the
// REST API, the command line and the log tell them in the words that clients of the engine
// know. A page says them in its own language (tm): locales/zh/messages has the formats of
// the sources with their translations, in which %[1]s is the first value, %[1]m one that
// is a message itself, and %[1]t a word of terms.json. A format that ends with a blank is
// the beginning of a message. A test reads the sources and names what has no translation.
//
//   - console.json has our own words, which are just said in Chinese.
//   - engine.json has the engine's. People search for those and send them to each other,
//     so they stand under the translation, marked as English (original).
//   - system.json has what Go, its libraries and the operating system say within a message.
//   - reference.json has the summaries and descriptions of openapi.json, each by its whole
//     text (tr). /openapi.json itself stays English.
//
// Of all patterns that fit, the one counts that leaves least as it was. What nobody knows
// is shown as it is.
//
// # To add a page
//
// Write its struct and template, put its texts into locales, into files of the same name
// in every language, add its states to the fixtures of the tests, and run
// go -C web/views tool templ generate and npm run assets. A new language is one more
// folder in locales, read whole, and a line in languages.
package views
