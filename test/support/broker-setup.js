import { holdBroker } from './broker-holder.js'

/** Called by jest before the first spec file. */
export default holdBroker
