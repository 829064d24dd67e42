package io.jenkins.plugins.consuldeploy.jenkins;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The ways to AWS that an administrator has set up, for the steps to name. */
@Extension
@Symbol("awsAccounts")
public final class AwsAccounts extends GlobalConfiguration {

    private List<AwsAccount> accounts = new ArrayList<>();

    public AwsAccounts() {
        load();
    }

    public static AwsAccounts get() {
        return ExtensionList.lookupSingleton(AwsAccounts.class);
    }

    public List<AwsAccount> getAccounts() {
        return List.copyOf(accounts);
    }

    /** @throws BadInputException when two of them have the same name */
    @DataBoundSetter
    public void setAccounts(List<AwsAccount> accounts) {
        Set<String> names = new HashSet<>();
        for (AwsAccount account : accounts) {
            if (!names.add(account.getName())) {
                throw new BadInputException(
                        "name", account.getName(), "two AWS accounts have it; name them differently");
            }
        }
        this.accounts = new ArrayList<>(accounts);
        save();
    }

    /** A form without an account leaves the whole list out. */
    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        try {
            setAccounts(req.bindJSONToList(AwsAccount.class, json.get("accounts")));
        } catch (BadInputException e) {
            throw new FormException(e.getMessage(), e, "accounts");
        }
        return true;
    }

    /**
     * The account of a name, or the only one there is when the name is empty. None where that leaves it open.
     *
     * @throws BadInputException when there is none of that name; it says which there are
     */
    Optional<AwsAccount> meant(String name) {
        String wanted = Util.fixNull(name).strip();
        if (wanted.isEmpty()) {
            return accounts.size() == 1 ? Optional.of(accounts.get(0)) : Optional.empty();
        }
        return Optional.of(accounts.stream()
                .filter(account -> account.getName().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new BadInputException("aws", wanted, whatThereIs())));
    }

    /** @throws BadInputException as {@link #meant} does, and when it is left open */
    AwsAccount named(String name) {
        return meant(name).orElseThrow(() -> new BadInputException("aws", whatThereIs()));
    }

    // Private

    private String whatThereIs() {
        return accounts.isEmpty()
                ? "no AWS account is configured; an administrator adds one under Manage Jenkins, System, AWS accounts"
                : "give the name of a configured AWS account: "
                        + accounts.stream().map(AwsAccount::getName).collect(Collectors.joining(", "));
    }
}
