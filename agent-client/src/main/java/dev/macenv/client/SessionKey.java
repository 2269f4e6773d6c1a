package dev.macenv.client;

/**
 * What it takes to come back to a session from another connection or process. The token is a secret; {@link #toString}
 * leaves it out.
 *
 * @param session name of the session
 * @param token secret of the grant
 */
public record SessionKey(String session, String token) {

    @Override
    public String toString() {
        return "SessionKey[" + session + "]";
    }
}
