/** How the main side answers what a window asks: a function for each method of the contract, told which window it is. */
import type { StudioMethod, StudioMethods } from '../../shared/contract/api.js';

export type Calls<Client, Methods extends StudioMethod = StudioMethod> = {
  [Method in Methods]: (
    client: Client,
    parameters: StudioMethods[Method][0],
  ) => StudioMethods[Method][1] | Promise<StudioMethods[Method][1]>;
};
