import { LineCursor } from './line-cursor.ts'

/** What libyaml takes in flow style and js-yaml refuses, with what makes both read the same. */
export interface Leniency {
  /** Stretches that may be spaces: tabs beside punctuation, comments right behind a closing quote. In the text's order. */
  readonly blanks: readonly (readonly [start: number, end: number])[]
  /** Where lines start that are indented less than their parent. In the text's order. */
  readonly underIndented: readonly number[]
  /** The indentation that would be enough for all of these. */
  readonly enough: number
}

/**
 * Finds the places where libyaml, so kubectl, is laxer than YAML:
 *
 * - Quoted strings, `[...]` and `{...}` may go on in lines of any indentation. YAML wants them indented further than their
 *   parent, libyaml never looks; spaces in front of such a line have no meaning of their own.
 * - Tabs may separate words and punctuation of `[...]` and `{...}`.
 * - A comment may follow a closing quote at once.
 *
 * Reads tokens only. What is wrong in any other way is left to the parser, and so is all that follows it.
 */
export function findLeniency(text: string): Leniency {
  const scanner = new Scanner(text)
  scanner.run()
  return scanner
}

const wordEnd = /[ \t\r\n,[\]{}]|$/g
const blockHeader = /[|>](?:[+-]?([1-9])?[+-]?)[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n|$)/y
const indicator = /[-?:](?=[ \t\r\n]|$)/y
const documentMark = /(?:---|\.\.\.)(?=[ \t\r\n]|$)/y
/** A plain scalar's text in its line, up to `: `, ` #` or the line's end; in brackets up to their punctuation, too. */
const plainInBlock = /(?:[^ \t\r\n:#]|:(?![ \t\r\n]|$)|(?<![ \t\r\n])#|[ \t]+(?![ \t\r\n#]|$))+/y
const plainInFlow =
  /(?:[^ \t\r\n:#,[\]{}]|:(?![ \t\r\n,[\]{}]|$)|(?<![ \t\r\n])#|[ \t]+(?![ \t\r\n#,[\]{}]|$))+/y

class Scanner extends LineCursor implements Leniency {
  readonly blanks: [number, number][] = []
  readonly underIndented: number[] = []
  enough = 0
  /** The columns of the block collections that are open. */
  #columns: number[] = []

  run(): void {
    while (this.at < this.text.length) {
      this.lineStart = this.at
      const indent = this.indent()
      this.skipSpace()
      if (!this.#isOver()) this.#blockLine(indent)
      this.nextLine()
    }
  }

  /** Nothing but a comment is left of the line. */
  #isOver(): boolean {
    return this.at >= this.text.length || this.text[this.at] === '#' || this.atBreak()
  }

  /** A line of block style, and what begins in it: further lines of strings, brackets and scalars. */
  #blockLine(indent: number): void {
    this.at = this.lineStart + indent
    while ((this.#columns.at(-1) ?? -1) >= indent) this.#columns.pop()
    if (indent === 0 && this.is(documentMark)) this.at += 3
    /** Where the key would begin if a colon comes. */
    let start = this.at
    for (;;) {
      const gap = this.at
      this.skipSpace()
      if (gap !== start) this.#blankTabs(gap)
      if (this.#isOver()) return
      const char = this.text.charAt(this.at)
      const parent = this.#columns.at(-1) ?? indent - 1
      if (this.is(indicator)) start = this.#indicator(start)
      else if (char === '&' || char === '!' || char === '*') this.toEnd(wordEnd)
      else if (char === '"' || char === "'") this.#quoted(char, parent + 1)
      else if (char === '[' || char === '{') this.#flow(parent + 1)
      else if (this.is(blockHeader)) this.#blockScalar(parent)
      else if (!this.#plainInBlock(parent)) return
    }
  }

  /** Opens a collection at `-`, `?`, or the key before `:`. Answers where a key would begin behind it. */
  #indicator(start: number): number {
    this.#columns.push(start - this.lineStart)
    // Tabs are bad where a key may begin: behind all indicators but the colon of a key.
    const isOfKey = this.at !== start
    const behind = ++this.at
    this.skipSpace()
    if (isOfKey) this.#blankTabs(behind)
    return this.at
  }

  /** False at what can start no scalar. */
  #plainInBlock(parent: number): boolean {
    const start = this.at
    this.skip(plainInBlock)
    if (this.at === start) return false
    for (;;) {
      const [end, lineStart] = [this.at, this.lineStart]
      this.skipSpace()
      if (!this.atBreak()) return true
      this.nextText()
      const before = this.at
      if (this.indent() > parent && !this.is(documentMark)) this.skip(plainInBlock)
      if (this.at > before) continue
      this.at = end
      this.lineStart = lineStart
      return true
    }
  }

  #blockScalar(parent: number): void {
    const digit = this.match(blockHeader)?.[1]
    let least = digit === undefined ? undefined : Math.max(parent, 0) + Number(digit)
    this.toLineEnd()
    while (this.at < this.text.length) {
      const end = this.at
      this.nextLine()
      const indent = this.indent()
      this.at += indent
      if (this.at < this.text.length && !this.atBreak()) {
        least ??= Math.max(indent, parent + 1)
        if (indent < least || (indent === 0 && this.is(documentMark))) {
          this.at = end
          return
        }
      }
      this.toLineEnd()
    }
  }

  /** Lets tabs between the offset and here be spaces. */
  #blankTabs(from: number): void {
    if (this.text.slice(from, this.at).includes('\t')) this.blanks.push([from, this.at])
  }

  /** From a line break in a quoted string or in brackets to the text with which it goes on. */
  #goOn(least: number, inBrackets: boolean): void {
    this.nextText()
    if (inBrackets && this.text[this.at] === '#') return
    this.#blankTabs(this.lineStart)
    if (this.at - this.lineStart >= least) return
    this.underIndented.push(this.lineStart)
    this.enough = Math.max(this.enough, least)
  }

  #quoted(quote: string, least: number): void {
    this.at++
    for (;;) {
      const char = this.text[this.at]
      if (char === undefined) return
      if (this.atBreak()) this.#goOn(least, false)
      else if (char === '\\' && quote === '"') {
        this.at++
        if (!this.atBreak()) this.at++
      } else if (char !== quote) this.at++
      else if (quote === "'" && this.text[this.at + 1] === quote) this.at += 2
      else break
    }
    this.at++
    if (this.text[this.at] !== '#') return
    const start = this.at
    this.toLineEnd()
    this.blanks.push([start, this.at])
  }

  #flow(least: number): void {
    let depth = 0
    /** Behind a node a colon needs no space. */
    let isNode = false
    do {
      const char = this.text[this.at]
      if (char === undefined) return
      if (this.atBreak()) this.#goOn(least, true)
      else if (char === '#' && /[ \t\r\n]/.test(this.text.charAt(this.at - 1))) this.toLineEnd()
      else if (char === ' ' || char === '\t') {
        if (char === '\t') this.blanks.push([this.at, this.at + 1])
        this.at++
      } else if (char === '"' || char === "'") {
        this.#quoted(char, least)
        isNode = true
      } else if (char === '&' || char === '!' || char === '*') {
        this.toEnd(wordEnd)
        isNode = true
      } else if ((isNode && char === ':') || !this.#plainInFlow(least)) {
        if (char === '[' || char === '{') depth++
        isNode = char === ']' || char === '}'
        if (isNode) depth--
        this.at++
      } else isNode = true
    } while (depth > 0)
  }

  /** False at punctuation. */
  #plainInFlow(least: number): boolean {
    if (this.is(indicator)) return false
    const start = this.at
    this.skip(plainInFlow)
    if (this.at === start) return false
    for (;;) {
      const [end, lineStart] = [this.at, this.lineStart]
      this.skipSpace()
      if (this.atBreak()) this.#goOn(least, true)
      if (this.lineStart === lineStart || this.text[this.at] === '#') {
        this.at = end
        this.lineStart = lineStart
        return true
      }
      const before = this.at
      this.skip(plainInFlow)
      if (this.at === before) return true
    }
  }
}
