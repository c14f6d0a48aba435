/**
 * ONNX Runtime's own opt-out, read once when it starts: without it, each process writes a device id and a database of
 * events under the home folder and sends them to its maker (microsoft/onnxruntime, pull request 27379).
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
