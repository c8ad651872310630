/** PyTorch's weights. */
export {
  type TorchLstmOptions,
  type TorchRnnOptions,
  type TorchStackOptions,
  torchGRU,
  torchLSTM,
  torchRNN,
} from "./stacks.ts";
export { loadTorchWeights, saveTorchWeights, type TorchNames, type TorchOptions } from "./weights.ts";
