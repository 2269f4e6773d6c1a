package dev.macenv.avf.export;

/** What a policy can be exported to. */
public enum ExportFormat {
    /** For any language with an ONNX runtime. */
    ONNX,
    /** For Deeplearning4j. */
    SAMEDIFF;

    NetworkFormat files() {
        return switch (this) {
            case ONNX -> new OnnxFormat();
            case SAMEDIFF -> new SameDiffFormat();
        };
    }
}
