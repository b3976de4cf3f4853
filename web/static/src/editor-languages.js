// The languages of the editor, by the value of data-editor.
import { json } from '@codemirror/lang-json'
import { SQLDialect } from '@codemirror/lang-sql'

// streamSQL has the words that the highlighted excerpts of the pages have, in
// web/views/paint.go.
const streamSQL = SQLDialect.define({
  keywords: 'select from where group by having order limit inner left right full cross join on as and or not in between like ' +
    'create stream table with case when then else end true false null',
  types: 'array struct bigint float string datetime boolean bytea',
  identifierQuotes: '`',
  doubleQuotedStrings: true,
})

export const languages = {
  json,
  sql: () => streamSQL.extension,
}
