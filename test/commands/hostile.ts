import { isObject, type Json } from '#base/json.ts'

/** What moves the cursor, sets the title, colours, reverses, hides; and what ends a row or a cell of a table. */
export const hostile =
  '\u001b[45m\u001b]0;t\u0007\u009b2J\r\u0000\u007f\u202e\u2066\u061c\u206a\u200f\ufeff\u{e0041}\n\t`|'

/** Values that say what an object is: with others it would not be read at all. */
const structural =
  /^(kind|apiVersion|uid|resourceVersion|.*[tT]imestamp|.*Time|phase|type|operator|effect|status|data|cpu|memory|pods|ephemeral-storage|.*gibytes.*|hugepages.*|controller|strategy|.*Policy|protocol|generateName|os|architecture|operatingSystem)$/

/** The object with hostile text in every string of it, and in its own name if that is asked for. */
export function poisoned(value: Json, names: boolean, key = ''): Json {
  if (typeof value === 'string') return structural.test(key) || value === '' ? value : value + hostile
  if (Array.isArray(value)) return value.map((item) => poisoned(item, names, key))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, part]) => {
      // With another selector or other labels the DaemonSet would have no pods and no history to show.
      const kept = /^(matchLabels|labels|values|hash)$/.test(field)
      const name = /^(name|namespace|nodeName)$/.test(field)
      return [field, kept || (name && !names) ? part : poisoned(part, names, field)]
    }),
  )
}

const esc = '\u001b'
/** Our own colours, and the moves of the live view and of the spinner, which begins its row anew. */
const ours = new RegExp(
  [
    `\\r(?=${esc}\\[K)`,
    `${esc}\\[(?:1|2|7|22|27|3[1-6]|38;5;\\d+|39)m`,
    `${esc}\\[\\?2026[hl]`,
    `${esc}\\[\\d+A`,
    `${esc}\\[[JK]`,
  ].join('|'),
  'g',
)

/** What is no character to read, but tab and newline: by Unicode's word, not by what kds takes for such. */
const invisible = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** The lines of the output in which there is anything else that a terminal would act on. */
export function acted(text: string): string[] {
  // Carriage returns belong to the live view alone.
  const moved = text.includes(`${esc}[?2026h`) ? text.replaceAll('\r', '') : text
  // At the beginning of a row it moves nothing.
  const rest = moved.replace(ours, '').replace(/^\r/gm, '')
  return rest.split('\n').filter((line) => invisible.test(line))
}

/** Where a command writes to. */
export const forms = {
  pipe: {},
  terminal: { terminal: 80 },
  'terminal without colour': { terminal: 200, env: { NO_COLOR: '' } },
}
