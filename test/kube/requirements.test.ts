import { describe, expect, it } from 'vitest'
import {
  labelValue,
  type RequirementOperator,
  requirementError,
  requirementErrors,
  requirementTest,
} from '#kube/requirements.ts'

const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const inNeedsValues = "for 'in', 'notin' operators, values set can't be empty"
const oneValue = 'exact-match compatibility requires one single value'
const noValues = 'values set must be empty for exists and does not exist'
const oneBound = "for 'Gt', 'Lt' operators, exactly one value is required"
const integer = "for 'Gt', 'Lt' operators, the value must be an integer"

describe('what makes a requirement (TestRequirementConstructor of upstream)', () => {
  const long = 'a'.repeat(254)
  it.each<[string, RequirementOperator, string[] | null, string[]]>([
    ['x', 'in', null, [`values: Invalid value: null: ${inNeedsValues}`]],
    ['x', 'in', [], [`values: Invalid value: []: ${inNeedsValues}`]],
    ['x', 'notin', [], [`values: Invalid value: []: ${inNeedsValues}`]],
    ['x', 'in', ['foo'], []],
    ['x', 'notin', ['foo', 'bar'], []],
    ['x', '=', ['foo'], []],
    ['x', '=', ['foo', 'bar'], [`values: Invalid value: ["foo","bar"]: ${oneValue}`]],
    ['x', '==', [], [`values: Invalid value: []: ${oneValue}`]],
    ['x', '!=', ['foo', 'bar'], [`values: Invalid value: ["foo","bar"]: ${oneValue}`]],
    ['x', 'exists', [], []],
    ['x', '!', null, []],
    ['x', 'exists', ['foo'], [`values: Invalid value: ["foo"]: ${noValues}`]],
    ['x', '!', ['foo'], [`values: Invalid value: ["foo"]: ${noValues}`]],
    ['x', 'gt', ['1'], []],
    ['x', 'lt', ['6'], []],
    ['x', 'gt', [], [`values: Invalid value: []: ${oneBound}`]],
    ['x', 'lt', ['1', '2'], [`values: Invalid value: ["1","2"]: ${oneBound}`]],
    ['x', 'gt', ['bar'], [`values[0]: Invalid value: "bar": ${integer}`]],
    ['x', 'lt', ['bar'], [`values[0]: Invalid value: "bar": ${integer}`]],
    [long, 'exists', [], [`key: Invalid value: "${long}": name part must be no more than 63 bytes`]],
    ['x', '=', [long], [`values[0][x]: Invalid value: "${long}": must be no more than 63 bytes`]],
    ['x', 'in', ['a', 'a b'], [`values[1][x]: Invalid value: "a b": ${valueRule}`]],
    [
      'x',
      'in',
      [`${long} `],
      [`values[0][x]: Invalid value: "${long} ": must be no more than 63 bytes; ${valueRule}`],
    ],
  ])('%s %s %j', (key, operator, values, errors) => {
    expect(requirementErrors(key, operator, values, '')).toEqual(errors)
    expect(requirementErrors(key, operator, values, 'here[0]')).toEqual(
      errors.map((error) => `here[0].${error}`),
    )
    expect(requirementError(key, operator, values)).toBe(errors[0])
  })

  it('several errors make one text', () => {
    expect(requirementError('', 'gt', ['a b'])).toMatch(
      /^\[key: Invalid value: "": name part must be non-empty; name part must .*, values\[0\]: Invalid value: .* integer, values\[0\]\[\]: Invalid value: "a b": a valid label .*\]$/,
    )
  })
})

describe('the value of a label', () => {
  it.each([
    [{ a: 'b' }, 'b'],
    [{ a: '' }, ''],
    [{ a: null as never }, ''],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('in %j', (labels, value) => {
    expect(labelValue(labels, 'a')).toBe(value)
  })

  it('is not what every object has', () => {
    expect(labelValue({}, 'constructor')).toBeUndefined()
  })
})

it.each<[RequirementOperator, string[], string | undefined, boolean]>([
  ['=', ['a'], undefined, false],
  ['!=', ['a'], undefined, true],
  ['in', [''], undefined, false],
  ['notin', [''], undefined, true],
  ['gt', ['-1'], undefined, false],
  ['gt', ['-1'], '', false],
  ['lt', ['1'], 'x', false],
  ['gt', [], '5', false],
  ['lt', ['9223372036854775807'], '9223372036854775806', true],
  ['gt', ['9223372036854775806'], '9223372036854775807', true],
])('%s %j on %j: %s', (operator, values, actual, wanted) => {
  expect(requirementTest(operator, values)(actual)).toBe(wanted)
})
