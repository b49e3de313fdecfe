import { prepare } from './prepare.js'

prepare()
