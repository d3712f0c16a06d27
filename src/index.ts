export {convert} from './convert/convert';
export type {ConvertOptions, LayerSelection} from './convert/options';
export {revert} from './convert/revert';
export {summary} from './convert/summary';
export type {Windows} from './convolution/windows';
export {
  type DecoderArchitecture,
  type DecoderArchitectureName,
  decoderArchitectures,
} from './decoders/architectures/index';
export {
  type Affine,
  type DecoderBatch,
  type DecoderLearningOptions,
  type DecoderObjective,
  type DecoderObjectiveName,
  type DecoderState,
  type Descend,
  type Descent,
  decoderObjectives,
} from './decoders/index';
export type {Nonlinearity} from './decoders/nonlinearity';
export {type DecoderRule, decoderRules} from './decoders/rules';
export {
  type Influence,
  type InfluenceContext,
  type InfluenceName,
  influences,
  type PassedDown,
} from './influence/index';
export {
  type AutoEncoder,
  type Correction,
  type Inversion,
  type InversionScheme,
  type Iterate,
  inversions,
} from './inversion/index';
export {
  contractionRate,
  type Inverted,
  type IterationOptions,
  invert,
  type Link,
  relax,
  type Start,
} from './inversion/iterate';
export {DTPBranch, type DTPBranchArgs} from './layers/branch';
export {DTPConv1D, type DTPConv1DArgs} from './layers/conv1d';
export {DTPConv2D, type DTPConv2DArgs} from './layers/conv2d';
export {DTPConv2DTranspose, type DTPConv2DTransposeArgs} from './layers/conv2d_transpose';
export {DTPDense, type DTPDenseArgs} from './layers/dense';
export {DTPDepthwiseConv2D, type DTPDepthwiseConv2DArgs} from './layers/depthwise_conv2d';
export {layers} from './layers/index';
export type {DecoderArgs} from './layers/paired_layer';
export {DTPSeparableConv2D, type DTPSeparableConv2DArgs} from './layers/separable_conv2d';
export {type Merge, type MergeName, merges} from './merges/index';
export type {GradientAngles} from './monitor/angle';
export type {GaussNewtonErrors} from './monitor/gauss_newton';
export {
  type CallDiagnostics,
  type Diagnostic,
  type DiagnosticName,
  diagnostics,
} from './monitor/index';
export type {InfluenceStatistics} from './monitor/influence';
export type {InversionProgress} from './monitor/inversion';
export {Monitor, type MonitorArgs, type MonitoredStep} from './monitor/monitor';
export type {Observation} from './monitor/observation';
export type {ReconstructionErrors} from './monitor/reconstruction';
export type {TargetSize} from './monitor/target';
export type {DTPOptimizerConfig, LearningRate} from './optimizer/config';
export {DTPOptimizer} from './optimizer/dtp_optimizer';
export type {SerializedOptimizer} from './optimizer/serialized_optimizer';
export {type ScheduleFreeConfig, ScheduleFreeSGD} from './schedule_free';
export {NonFiniteError} from './step/non_finite_error';
export {
  type ImplicitRows,
  type InputRows,
  type KernelFactors,
  type Rows,
  type Update,
  type UpdateOptions,
  type UpdateRule,
  updates,
  type WeightChange,
} from './updates/index';
export {kernelChange} from './updates/kernel_change';
export type {Penalty} from './updates/penalty';
