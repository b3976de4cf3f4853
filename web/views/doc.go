// Package views draws the pages.
package views
