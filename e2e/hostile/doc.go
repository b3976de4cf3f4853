// Package hostile sends the built console what no well-meaning client sends: requests
// that are cut, doubled, nested, misspelt and far too large, names that climb out of
// folders, archives and aliases that swell, addresses that lead inside, and forms, tokens
// and cookies of somebody else. Each case is one line of a table, with the answer that it
// must get.
//
// After each the console holds what it held before, unless it took what was sent. In the
// end it still runs and is ready, has written nothing outside of its data folder, logged
// no panic, and never needed a gigabyte of memory.
//
// It imports nothing of the program but what starts it from outside. Requests go over a
// plain connection, so that nothing mends them on the way. What takes a name server or
// two networks, such as an address that changes between two questions, is tested in
// core/fetch; clients that are slow are in web/handlers.
package hostile
