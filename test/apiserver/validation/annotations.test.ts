import { describe, expect, it } from 'vitest'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { JsonObject } from '#kube/types.ts'
import { brief, daemonSet } from './manifests.ts'

const annotated = (annotations: JsonObject, podSpec: JsonObject = {}) => {
  const object = daemonSet(podSpec)
  const template = (object.spec as JsonObject).template as JsonObject
  template.metadata = { labels: { app: 'a' }, annotations }
  return object
}

describe('annotations of a template', () => {
  it.each<[string, JsonObject, string[]]>([
    [
      'a cost that is no number',
      annotated({ 'controller.kubernetes.io/pod-deletion-cost': '+1' }),
      ['Invalid spec.template.annotations[controller.kubernetes.io/pod-deletion-cost]'],
    ],
    [
      'AppArmor for no container',
      annotated({ 'container.apparmor.security.beta.kubernetes.io/x': 'runtime/default' }),
      ['Invalid spec.template.annotations[container.apparmor.security.beta.kubernetes.io/x]'],
    ],
    [
      'seccomp that differs from the field',
      annotated(
        { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' },
        { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      ),
      ['Forbidden securityContext.seccompProfile.type'],
    ],
    [
      'a mirror pod',
      annotated({ 'kubernetes.io/config.mirror': 'x' }),
      ['Invalid spec.template.annotations[kubernetes.io/config.mirror]'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

/** Texts of what a server says of one annotation of the template. */
const said = (name: string, value: string) =>
  admitDaemonSet(annotated({ [name]: value })).errors.map(fieldErrorText)
const at = 'spec.template.annotations'

describe('tolerations in an annotation', () => {
  const key = 'scheduler.alpha.kubernetes.io/tolerations'
  const refused = (why: string) => `${at}: Invalid value: "${key}": ${why}`
  it.each([
    ['', []],
    ['null', []],
    ['[]', []],
    ['[{"key":"a","OPERATOR":"Exists","EFFECT":"NoExecute","tolerationSeconds":3}]', []],
    ['{', [refused('unexpected end of JSON input')]],
    ['[x]', [refused("invalid character 'x' looking for beginning of value")]],
    ['{}', [refused('json: cannot unmarshal object into Go value of type []core.Toleration')]],
    ['[1]', [refused('json: cannot unmarshal number into Go value of type core.Toleration')]],
    [
      '[{"effect":true,"key":1}]',
      [
        refused(
          'json: cannot unmarshal bool into Go struct field Toleration.Effect of type core.TaintEffect',
        ),
      ],
    ],
    [
      '[{"tolerationSeconds":1.5}]',
      [
        refused(
          'json: cannot unmarshal number 1.5 into Go struct field Toleration.TolerationSeconds of type int64',
        ),
      ],
    ],
    [
      '[null]',
      [
        `${at}.${key}[0].operator: Invalid value: "": operator must be Exists when \`key\` is empty, which means "match all values and all keys"`,
      ],
    ],
  ])('%s', (text, errors) => expect(said(key, text)).toEqual(errors))
})

describe('a cost of deletion', () => {
  const key = 'controller.kubernetes.io/pod-deletion-cost'
  it.each(['0', '-0', '-1', '-01', '2147483647', '-2147483648'])('%s is one', (text) =>
    expect(said(key, text)).toEqual([]),
  )
  it.each(['', '+1', '01', '1.5', '2147483648', '-2147483649', '-', ' 1'])('%j is none', (text) =>
    expect(said(key, text)).toEqual([
      `${at}[${key}]: Invalid value: ${JSON.stringify(text)}: must be a 32bit integer`,
    ]),
  )
})

describe('profiles in annotations', () => {
  const seccomp = 'seccomp.security.alpha.kubernetes.io/pod'
  const ofContainer = 'container.seccomp.security.alpha.kubernetes.io/c'
  const appArmor = 'container.apparmor.security.beta.kubernetes.io/c'
  it.each([
    [seccomp, 'runtime/default', []],
    [seccomp, 'docker/default', []],
    [seccomp, 'localhost/a/b', []],
    [seccomp, 'other', [`${at}.${seccomp}: Invalid value: "other": must be a valid seccomp profile`]],
    [ofContainer, '', [`${at}.${ofContainer}: Invalid value: "": must be a valid seccomp profile`]],
    [ofContainer, 'localhost/../b', [`${at}.${ofContainer}: Invalid value: "../b": must not contain '..'`]],
    [appArmor, '', []],
    [appArmor, 'localhost/x', []],
    [appArmor, 'x', [`${at}[${appArmor}]: Invalid value: "x": invalid AppArmor profile name: "x"`]],
  ])('%s: %j', (name, value, errors) => expect(said(name, value)).toEqual(errors))
})

describe('annotations that no rule reads', () => {
  it.each(['kubectl.kubernetes.io/default-container', 'cluster-autoscaler.kubernetes.io/safe-to-evict'])(
    '%s',
    (name) => expect(said(name, 'no such thing')).toEqual([]),
  )
})

describe("the template generation, among the DaemonSet's own annotations", () => {
  const name = 'deprecated.daemonset.template.generation'
  const admitted = (value: string) => admitDaemonSet(daemonSet({}, {}, { annotations: { [name]: value } }))

  it.each([
    ['abc', 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ['', 'strconv.ParseInt: parsing "": invalid syntax'],
    ['1.0', 'strconv.ParseInt: parsing "1.0": invalid syntax'],
    ['1_000', 'strconv.ParseInt: parsing "1_000": invalid syntax'],
    ['a"b', 'strconv.ParseInt: parsing "a\\"b": invalid syntax'],
    ['9223372036854775808', 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
  ])('%j is refused before any rule is asked', (value, words) => {
    const { accepted, decodeError, typeErrors, errors, object } = admitted(value)
    expect({ accepted, decodeError, errors, object }).toEqual({
      accepted: false,
      decodeError: words,
      errors: [],
      object: undefined,
    })
    expect(typeErrors.map(({ path }) => path)).toEqual([['metadata', 'annotations', name]])
  })

  it.each([
    ['7', '7'],
    ['+7', '7'],
    ['007', '7'],
    ['0', '1'],
    ['-3', '1'],
    ['9223372036854775807', '9223372036854775807'],
  ])('%j is stored as %s', (value, stored) => {
    expect(admitted(value).object).toMatchObject({ metadata: { annotations: { [name]: stored } } })
  })

  it('gives way to a field of a wrong type', () => {
    const raw = daemonSet({}, { minReadySeconds: 'x' }, { annotations: { [name]: 'abc' } })
    expect(admitDaemonSet(raw).decodeError).toMatch(/^json: cannot unmarshal string/)
  })
})
