/** Class names are collected from these files only; theme values live in web/static/src/theme.css. */
export default {
  content: ['./web/views/*.templ', './web/views/*.go', '!./web/views/*_test.go', '!./web/views/*_templ.go'],
}
