package e2e

import (
	"testing"

	"github.com/playwright-community/playwright-go"
)

// TestLanguage: pages speak the language of the browser until another is chosen, on the
// sign-in page, in the sidebar or in the settings; the choice stays.
func TestLanguage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.visit(playwright.BrowserNewContextOptions{Locale: new("zh-CN")})
	v.open("/ui/sign-in")
	v.speaks("zh-Hans", "登录")
	v.accessible()

	v.press("English")
	v.speaks("en", "Sign in")
	v.press("中文")
	v.speaks("zh-Hans", "登录")
	v.fill("用户名", "admin")
	v.fill("密码", admin)
	v.press("登录")
	v.speaks("zh-Hans", "概览")

	v.press("English")
	v.is("/ui/")
	v.speaks("en", "Overview")
	v.follow("Import")
	v.speaks("en", "Import a bundle")
	v.press("Sign out")
	v.speaks("en", "Sign in")
	v.signIn("admin", admin)
	v.speaks("en", "Overview")

	v.follow("Settings")
	v.choose("As the browser")
	v.press("Save")
	v.speaks("zh-Hans", "设置")
	v.follow("导出")
	v.speaks("zh-Hans", "导出规则")
}

// TestOtherLanguage: whose browser asks for a language that the pages do not speak reads
// English, and can choose.
func TestOtherLanguage(t *testing.T) {
	t.Parallel()
	v := serve(t).visit(playwright.BrowserNewContextOptions{Locale: new("sw-KE")})
	v.open("/ui/sign-in")
	v.speaks("en", "Sign in")
	v.signIn("admin", admin)
	v.speaks("en", "Nothing here yet")
	v.press("中文")
	v.speaks("zh-Hans", "这里还没有内容")
}

// TestChineseJourney resets the node in Chinese, exports a rule, and looks at the
// administration.
func TestChineseJourney(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.visit(playwright.BrowserNewContextOptions{Locale: new("zh-CN")})
	v.open("/ui/sign-in")
	v.fill("用户名", "admin")
	v.fill("密码", admin)
	v.press("登录")
	v.open("/ui/import?from=paste")
	v.fill("配置包的文本", `{"streams":{"other":"CREATE STREAM other () WITH (DATASOURCE=\"a\")"},"rules":{"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM other\",\"actions\":[{\"log\":{}}]}"}}`)
	v.press("读取")
	v.choose("全量重置")
	v.presentable("full reset")
	v.press("审阅计划")
	v.see("将删除 7 项")
	v.presentable("review of a full reset")
	v.fill("输入 local 以删除 7 项", "local")
	v.press("删除 7 项，应用 2 项")
	v.heading("9 项更改已应用")
	v.follow("导出")
	v.must(v.role("checkbox", "选择 r").Check(), "picking r")
	v.see("r 读取它")
	v.presentable("export")
	for _, name := range []string{"账号", "API 令牌", "审计日志", "设置"} {
		v.follow(name)
		v.speaks("zh-Hans", name)
		v.presentable(name)
	}
}

// spoken are the tags of the rules of axe that look at words.
var spoken = []string{"cat.language", "cat.name-role-value", "cat.text-alternatives", "cat.forms"}

// presentable lets axe look at the words of a page in another language, and checks that it
// does not scroll sideways on a desktop and on a phone.
func (v *visitor) presentable(page string) {
	v.t.Helper()
	v.axe(page, spoken...)
	v.fits()
	v.resize(360, 780)
	v.fits()
	v.resize(1440, 900)
}

// speaks checks in which language a page is, by its lang attribute and its title.
func (v *visitor) speaks(lang, title string) {
	v.t.Helper()
	v.heading(title)
	if got := v.eval("() => document.documentElement.lang"); got != lang {
		v.t.Errorf("%s has the lang %v, want %s", v.page.URL(), got, lang)
	}
}

// speak loads the page again in another language. That a page was refused again is no
// news.
func (v *visitor) speak(language string) {
	v.t.Helper()
	v.must(v.context.AddCookies([]playwright.OptionalCookie{{Name: "console_language", Value: language, URL: new(v.at.url + "/ui/")}}), "choosing %s", language)
	_, err := v.page.Reload()
	if err != nil { // the page was loading by itself
		_, err = v.page.Reload()
	}
	v.must(err, "loading %s again", v.page.URL())
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refusals = nil
}
