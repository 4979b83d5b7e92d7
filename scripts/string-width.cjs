// How wide a text is, for kds and for cli-table3, in dist/. The package is named by its path, past the alias that leads here. It
// is run on first use: its expressions of all scripts and emoji take longer to build than help takes to print.
let stringWidth
const ascii = /^[\x20-\x7e]*$/
module.exports = (text) => {
  if (ascii.test(text)) return text.length
  stringWidth ??= require('../node_modules/fast-string-width/dist/index.js').default
  return stringWidth(text)
}
