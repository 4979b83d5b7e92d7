import { headText } from './answer.ts'
import { byId, el, fill } from './dom.ts'
import type { Subject } from './model.ts'
import { type Complaint, type Toleration, withStanza, withToleration } from './stanza.ts'

/** The pause after a key in which somebody may go on typing, in milliseconds. */
const pause = 60

/** The YAML that decides where the pods go, to edit; each valid state of it is planned at once. */
export class Editor {
  readonly #area = byId('stanza') as HTMLTextAreaElement
  readonly #lines = byId('lines')
  readonly #said = byId('said')
  readonly #planned: () => void
  #subject: Subject
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  constructor(subject: Subject, planned: () => void) {
    this.#subject = subject
    this.#planned = planned
    this.#area.addEventListener('input', () => {
      clearTimeout(this.#timer)
      this.#number()
      this.#timer = setTimeout(() => void this.#plan(), pause)
    })
    this.#area.addEventListener('keydown', (event) => this.#indent(event))
    this.#area.addEventListener('scroll', () => {
      this.#lines.scrollTop = this.#area.scrollTop
    })
    byId('copy').addEventListener('click', () => void this.#copy())
    byId('reset').addEventListener('click', () => this.write(this.#subject.original))
    this.show(subject)
  }

  /** Takes another DaemonSet, as it was left. */
  show(subject: Subject): void {
    this.#subject = subject
    this.write(subject.text)
  }

  /** Puts another text in the place of what is there, and plans it. */
  write(text: string): void {
    this.#area.value = text
    this.#number()
    void this.#plan()
  }

  /** Writes a toleration more into the text. */
  async tolerate(toleration: Toleration): Promise<void> {
    this.write(await withToleration(this.#area.value, toleration))
  }

  async #plan(): Promise<void> {
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    const subject = this.#subject
    const text = this.#area.value
    const edited = await withStanza(subject.one.value, text)
    // Whoever typed on meanwhile wants the later text.
    if (turn !== this.#turn) return
    subject.text = text
    if ('complaints' in edited) return this.#complain(edited.complaints)
    this.#area.removeAttribute('aria-invalid')
    const before = subject.shown
    subject.edit(edited.daemonSet)
    fill(this.#said, subject.isEdited ? `Edited: ${headText(subject.shown)}.` : 'As in the manifest.')
    fill(byId('copied'))
    this.#mark([])
    if (subject.shown !== before) this.#planned()
  }

  #complain(complaints: readonly Complaint[]): void {
    this.#area.setAttribute('aria-invalid', 'true')
    fill(
      this.#said,
      ...complaints.map(({ hint, line, message }) =>
        el(
          'p',
          { class: 'wrong' },
          line !== undefined &&
            el('button', {
              type: 'button',
              class: 'quiet',
              text: `line ${line}`,
              click: () => this.#goTo(line),
            }),
          ` ${message}${hint ? ` (${hint})` : ''}`,
        ),
      ),
      el('p', { class: 'note', text: 'The page shows the last state that could be planned.' }),
    )
    this.#mark(complaints.flatMap(({ line }) => line ?? []))
  }

  /** A new line begins below the text of the one before, as YAML wants it. */
  #indent(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.isComposing) return
    const { selectionStart, value } = this.#area
    const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart)
    const [pad = ''] = /^ *(?:- +)?/.exec(line) ?? []
    event.preventDefault()
    // As if it were typed: an assignment to the text would take away what can be undone.
    document.execCommand('insertText', false, `\n${pad.replace('-', ' ')}`)
  }

  #goTo(line: number): void {
    const before = this.#area.value.split('\n').slice(0, line - 1)
    const start = before.reduce((sum, one) => sum + one.length + 1, 0)
    const end = this.#area.value.indexOf('\n', start)
    this.#area.focus()
    this.#area.setSelectionRange(start, end < 0 ? this.#area.value.length : end)
  }

  #number(): void {
    const count = this.#area.value.split('\n').length
    this.#area.setAttribute('rows', String(Math.max(8, Math.min(24, count))))
    fill(this.#lines, ...Array.from({ length: count }, (_, at) => el('span', { text: `${at + 1}\n` })))
  }

  #mark(wrong: readonly number[]): void {
    for (const [at, line] of [...this.#lines.children].entries())
      line.classList.toggle('wrong', wrong.includes(at + 1))
  }

  async #copy(): Promise<void> {
    const done = await copied(this.#area)
    fill(
      byId('copied'),
      done
        ? 'Copied. It belongs under spec.template.spec.'
        : 'Select the text and copy it: the browser does not let the page.',
    )
  }
}

async function copied(area: HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(area.value)
    return true
  } catch {
    area.select()
    // The way for pages that are no secure context; there is no other.
    return document.execCommand('copy')
  }
}
