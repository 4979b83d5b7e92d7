import { describe, expect, it } from 'vitest'
import { parseJsonPath } from '#commands/shared/printer/jsonpath/jsonpath.ts'

const daemonSet = {
  kind: 'DaemonSet',
  metadata: { labels: { app: 'example' }, annotations: { 'example.com/a': '<b> & c', b: "it's [x]" } },
  spec: {
    seconds: 7,
    containers: [
      { name: 'one', ports: [{ port: 80 }, { port: 9090 }] },
      { name: 'two', env: [{ name: 'A', value: '<b>' }] },
      { name: 'three', ports: [{ port: 443 }] },
    ],
  },
}

/** Templates with what `kubectl get -o jsonpath=` (1.36.4) prints of this object. */
const recorded: readonly (readonly [template: string, text: string])[] = [
  ['{.kind}', 'DaemonSet'],
  ['{ .kind }', 'DaemonSet'],
  ['{@.kind}', 'DaemonSet'],
  ['{$.kind}', 'DaemonSet'],
  ['{.spec.seconds}', '7'],
  ['{.kind}{.nothing}!', 'DaemonSet!'],
  ['{.spec.containers[0:3:2].name}', 'one three'],
  ['{.spec.containers[-2:].name}', 'two three'],
  ['{.spec.containers[:1].name}', 'one'],
  ['{.spec.containers[-1].name}', 'three'],
  ['{.spec.containers[2,0].name}', 'three one'],
  ['{.spec.containers[*].ports[*].port}', '80 9090 443'],
  ['{.spec.containers[?(@.ports)].name}', 'one three'],
  ['{.spec.containers[?(@.ports[0].port>80)].name}', 'three'],
  ['{.spec.containers[?(@.ports[0].port<=80)].name}', 'one'],
  ['{.spec.containers[?(@.ports[0].port>=443)].name}', 'three'],
  ['{.spec.containers[?(@.ports[0].port<443)].name}', 'one'],
  ['{.spec.containers[?(@.ports[0].port!=443)].name}', 'one'],
  ['{.spec.containers[?(@.name=="two")].env}', '[{"name":"A","value":"\\u003cb\\u003e"}]'],
  ['{.metadata.annotations}', '{"b":"it\'s [x]","example.com/a":"\\u003cb\\u003e \\u0026 c"}'],
  ["{.metadata.annotations['b']}", "it's [x]"],
  ['{.metadata.annotations.example\\.com/a}', '<b> & c'],
  ['{.metadata.labels.*}', 'example'],
  ['{..port}', '80 9090 443'],
  ['{range .spec.containers[*]}{.name}{" in "}{$.kind}{"\\n"}{end}', 'one in \ntwo in \nthree in \n'],
  [
    '{range .spec.containers[*]}[{.name}{range .ports[*]} {.port}{end}]{end}.',
    '[one 80 9090][two][three 443].',
  ],
  ['{range .metadata.labels}{.app}{end}', 'example'],
  ['{"a\\tb\\"c"}', 'a\tb"c'],
  ["{'a\\'b'}", "a'b"],
  ['no action', 'no action'],
]

/** Broken templates with what kubectl says of them. */
const refused: readonly (readonly [template: string, why: string])[] = [
  ['{.kind', 'unclosed action'],
  ['{range .kind', 'unclosed action'],
  ['{"open}', 'unterminated quoted string'],
  ['{.spec[0}', 'unterminated array'],
  ['{.spec[x]}', 'invalid array index x'],
  ['{.spec["name"]}', 'invalid array index "name"'],
  ['{.spec[?(@.name=="two" ]}', 'unterminated filter'],
  ['{#}', "unrecognized character in action: U+0023 '#'"],
]

describe('JSONPath templates', () => {
  it.each(recorded)('%s', (template, text) => {
    expect(parseJsonPath(template).text(daemonSet)).toBe(text)
  })

  it.each(refused)('%s is refused', (template, why) => {
    expect(() => parseJsonPath(template)).toThrow(`error parsing jsonpath ${template}, ${why}`)
  })

  it('answer what was found as values', () => {
    expect(parseJsonPath('all: {..port} {.nothing}').results(daemonSet)).toEqual([80, 9090, 443])
  })
})
