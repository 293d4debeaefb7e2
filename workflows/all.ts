export { launch } from './launch.ts'
export { scheduled } from './scheduled.ts'
export { walk } from './walk.ts'
