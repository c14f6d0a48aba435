import './noTelemetry.js';

/**
 * ONNX Runtime, which reports to its maker from version 1.29 on unless told otherwise before it starts: everything
 * here takes it from this module.
 */
export * from 'onnxruntime-node';
