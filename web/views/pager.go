package views

// Pager is which page of a list is shown. Pages count from 1.
type Pager struct {
	Page, Pages int
}

// NewPager returns the pager of a list, at a page that there is.
func NewPager(page, found, perPage int) Pager {
	pages := max(1, (found+perPage-1)/perPage)
	return Pager{min(max(page, 1), pages), pages}
}

// Offset is how many of the list stand on the pages before.
func (p Pager) Offset(perPage int) int { return (p.Page - 1) * perPage }

// beside is how many pages on either side of the present one have a link.
const beside = 2

// numbers returns the pages that have a link: the first, the last, and those about the
// present one. A 0 stands for pages between that have none.
func (p Pager) numbers() []int {
	all := []int{1}
	from, to := max(2, p.Page-beside), min(p.Pages-1, p.Page+beside)
	if from > 2 {
		all = append(all, 0)
	}
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	if to < p.Pages-1 {
		all = append(all, 0)
	}
	return append(all, p.Pages)
}

// pageNumber writes the number of a page as addresses have it; nothing for the first.
func pageNumber(page int) string {
	if page <= 1 {
		return ""
	}
	return number(int64(page))
}
