package dev.macenv.avf.engine;

/**
 * The one product kernel of {@link VectorEngine}. All implementations give the same bits: each element of C starts from its old value (or 0) and takes
 * one fused multiply-add per p, in ascending order.
 */
interface Products {
    /**
     * {@code c[i, j] (+)= sum_p a[i, p] b[p, j]} for i < m, p < k, j < n. Element (i, p) of A is {@code a[ao + i * ai + p * ap]}; B and C are dense
     * rows of n from {@code bo} and {@code co} on.
     */
    void multiplyAdd(
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            float[] c,
            int co,
            int m,
            int k,
            int n,
            boolean accumulate);
}
