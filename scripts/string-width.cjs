// What cli-table3 gets for string-width: the width that kds itself reckons with, so that there is one in dist/.
module.exports = require('fast-string-width').default
