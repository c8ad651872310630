/** The callbacks that come with the package. */
export { earlyStopping } from "./earlyStopping.ts";
