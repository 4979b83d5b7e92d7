// The part of js-yaml that is used, named one by one so that the bundler leaves out the rest.
export { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml'
