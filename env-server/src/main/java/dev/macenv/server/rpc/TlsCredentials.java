package dev.macenv.server.rpc;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Makes gRPC's credentials from files, and keeps them up to date while {@code background} lives. */
final class TlsCredentials {
    /** gRPC looks no more often. */
    private static final long RENEW_MINUTES = 1;

    private TlsCredentials() {}

    /** @throws ProtectionException if a file cannot be read, or does not hold what it should */
    static ServerCredentials of(Protection.Tls tls, ScheduledExecutorService background) throws ProtectionException {
        TlsServerCredentials.Builder credentials =
                TlsServerCredentials.newBuilder().keyManager(identity(tls, background));
        if (tls.clientAuthorities().isPresent()) {
            credentials.trustManager(trust(tls.clientAuthorities().orElseThrow(), background));
            credentials.clientAuth(ClientAuth.REQUIRE);
        }
        return credentials.build();
    }

    private static AdvancedTlsX509KeyManager identity(Protection.Tls tls, ScheduledExecutorService background)
            throws ProtectionException {
        AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
        try {
            var unused = identity.updateIdentityCredentials(
                    tls.certificate().toFile(), tls.key().toFile(), RENEW_MINUTES, TimeUnit.MINUTES, background);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw unusable("certificate " + tls.certificate() + " with key " + tls.key(), e);
        }
        return identity;
    }

    private static AdvancedTlsX509TrustManager trust(Path authorities, ScheduledExecutorService background)
            throws ProtectionException {
        try {
            // Clients are known by their certificates, not by the names of their machines.
            AdvancedTlsX509TrustManager trust = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
            var unused =
                    trust.updateTrustCredentials(authorities.toFile(), RENEW_MINUTES, TimeUnit.MINUTES, background);
            return trust;
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw unusable("client authorities " + authorities, e);
        }
    }

    private static ProtectionException unusable(String what, Exception why) {
        return new ProtectionException(
                what + ": " + why.getMessage() + " (expected: PEM files; a key in PKCS #8 without password)", why);
    }
}
