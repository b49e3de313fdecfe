import { releaseBroker } from './broker-holder.js'

/** Called by jest after the last spec file. */
export default releaseBroker
