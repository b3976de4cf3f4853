// Package drawing lays out what some entries need, for a picture: columns by kind,
// parts in rows, lines between them. It gives places in a grid, and knows neither
// pixels nor words.
package drawing
