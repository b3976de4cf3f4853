// Package parcel is a bundle together with all the files that its entries name, in one
// zip archive, so that it can be imported where there is no network:
//
//	bundle.json         the document
//	manifest.json       the files, by address and hash
//	artifacts/<sha256>  their content
package parcel
