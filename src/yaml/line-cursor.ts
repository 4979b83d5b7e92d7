const space = /[ \t]*/y
const lineBreak = /\r\n?|\n/y
const lineEnd = /\r\n?|\n|$/g

/** A place in a text that is read line by line, with sticky patterns for what stands there. */
export class LineCursor {
  protected readonly text: string
  protected at = 0
  protected lineStart = 0

  constructor(text: string) {
    this.text = text
  }

  protected match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    return pattern.exec(this.text)
  }

  protected is(pattern: RegExp): boolean {
    return this.match(pattern) !== null
  }

  protected skip(pattern: RegExp): void {
    this.at += this.match(pattern)?.[0].length ?? 0
  }

  protected skipSpace(): void {
    this.skip(space)
  }

  /** To the first place that a global pattern matches. */
  protected toEnd(pattern: RegExp): void {
    this.at = this.match(pattern)?.index ?? this.text.length
  }

  protected toLineEnd(): void {
    this.toEnd(lineEnd)
  }

  /** How many spaces the line begins with. */
  protected indent(): number {
    let end = this.lineStart
    while (this.text[end] === ' ') end++
    return end - this.lineStart
  }

  protected atBreak(): boolean {
    const char = this.text[this.at]
    return char === '\n' || char === '\r'
  }

  protected nextLine(): void {
    this.toLineEnd()
    this.skip(lineBreak)
    this.lineStart = this.at
  }

  /** From a line break over blank lines to the first text of a later line. */
  protected nextText(): void {
    do {
      this.nextLine()
      this.skipSpace()
    } while (this.atBreak())
  }
}
