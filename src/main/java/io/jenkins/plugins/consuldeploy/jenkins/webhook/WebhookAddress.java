package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.model.UnprotectedRootAction;
import hudson.security.csrf.CrumbExclusion;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * Where registries send to: {@code POST <jenkins>/consul-deploy/webhook/<secret>}. The secret is all that a sender has to
 * have, so it is all that tells whether there is anything here: every other path, method or secret gets what Jenkins
 * answers for a page that there is not.
 */
@Extension
public final class WebhookAddress implements UnprotectedRootAction {

    private static final Logger LOG = Logger.getLogger(WebhookAddress.class.getName());
    private static final String ROOT = "consul-deploy";
    private static final Pattern PATH = Pattern.compile("/webhook/(" + WebhookSecrets.SECRET.pattern() + ")");

    /** The address of a rule below Jenkins' own. */
    static String of(RuleId rule) {
        return ROOT + "/webhook/" + WebhookSecrets.get().of(rule);
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return null;
    }

    @Override
    public String getUrlName() {
        return ROOT;
    }

    /** Everything below the address. Jenkins logs the address with what is thrown here, so nothing is. */
    public void doDynamic(StaplerRequest2 req, StaplerResponse2 rsp) {
        try {
            answer(req, rsp);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "a webhook: what was sent could not be received, or not be answered", e);
            if (!rsp.isCommitted()) {
                rsp.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            }
        }
    }

    private static void answer(StaplerRequest2 req, StaplerResponse2 rsp) throws IOException {
        Matcher path = PATH.matcher(req.getRestOfPath());
        Optional<Rule> rule =
                req.getMethod().equals("POST") && path.matches() ? Rule.ofSecret(path.group(1)) : Optional.empty();
        if (rule.isEmpty()) {
            rsp.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        Answer answer = new Reception(rule.get()).receive(req);
        if (answer.status() == HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE) {
            // What is left of the body is not wanted.
            rsp.setHeader("Connection", "close");
        }
        rsp.setStatus(answer.status());
        rsp.setContentType("text/plain;charset=UTF-8");
        rsp.setHeader("X-Content-Type-Options", "nosniff");
        rsp.getOutputStream().write(answer.text().getBytes(StandardCharsets.UTF_8));
    }

    /** A registry has no crumb. What it may do needs none: the secret is no cookie that a browser would add by itself. */
    @Extension
    public static final class WithoutCrumb extends CrumbExclusion {

        @Override
        public boolean process(HttpServletRequest req, HttpServletResponse rsp, FilterChain chain)
                throws IOException, ServletException {
            String path = Optional.ofNullable(req.getPathInfo()).orElse("");
            if (path.startsWith("/" + ROOT)
                    && PATH.matcher(path.substring(1 + ROOT.length())).matches()) {
                chain.doFilter(req, rsp);
                return true;
            }
            return false;
        }
    }
}
