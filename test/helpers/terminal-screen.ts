/** A terminal, as far as kds uses one: text, line ends, moves up, and erasing. */
export class TerminalScreen {
  readonly #columns: number
  readonly #rows: string[] = ['']
  #row = 0
  #column = 0
  /** Texts that a row was too short for. */
  readonly broken: string[] = []

  constructor(columns: number) {
    this.#columns = columns
  }

  /** The rows that are there, without the empty ones at the end. */
  get text(): string {
    return this.#rows
      .map((row) => row.trimEnd())
      .join('\n')
      .trimEnd()
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal reads
    for (const [token] of text.matchAll(/\u001b\[([?\d;]*)([A-Za-z])|\r|\n|[^\u001b\r\n]+/g))
      this.#take(token)
  }

  #take(token: string): void {
    if (token === '\r') this.#column = 0
    else if (token === '\n') this.#down()
    else if (token.startsWith('\u001b['))
      this.#command(token.at(-1) ?? '', Number.parseInt(token.slice(2), 10) || 1)
    else this.#put(token)
  }

  #down(): void {
    this.#row += 1
    this.#column = 0
    this.#rows[this.#row] ??= ''
  }

  #command(letter: string, count: number): void {
    const row = this.#rows[this.#row] ?? ''
    if (letter === 'A') this.#row = Math.max(0, this.#row - count)
    else if (letter === 'K') this.#rows[this.#row] = row.slice(0, this.#column)
    else if (letter === 'J') {
      this.#rows[this.#row] = row.slice(0, this.#column)
      this.#rows.length = this.#row + 1
    }
  }

  #put(text: string): void {
    const row = (this.#rows[this.#row] ?? '').padEnd(this.#column)
    if (this.#column + text.length > this.#columns) this.broken.push(text)
    this.#rows[this.#row] = row.slice(0, this.#column) + text + row.slice(this.#column + text.length)
    this.#column += text.length
  }
}
